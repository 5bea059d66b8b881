from typing import Any

from rest_framework import serializers

from starterkit_users.services import user_rows
from starterkit_users.v1.users.serializers import UsersQuery

MOMENTS = {"last_seen": "last_seen_at", "last_login": "last_login"}
"""The column of each order that needs an index of its own."""


class ListUsersFilters(UsersQuery):
    """What the list of users can be narrowed to, and its order."""

    per_request = False  # get_fields() is the same for every request

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the filters, and the orders that an index serves."""
        by_address = ["email"] if user_rows.has_key_of_address() else []
        by_moment = [name for name, it in MOMENTS.items() if user_rows.has_order_of(it)]
        order = _order(["created", *by_address, *by_moment])
        return {**super().get_fields(), "order": order}


def _order(choices: list[str]) -> serializers.ChoiceField:
    both = [word for name in choices for word in (name, f"-{name}")]
    usual = ", or `email` with a `search`" if "email" in choices else ""
    return serializers.ChoiceField(
        both,
        required=False,
        help_text=f"By default `-created`, the newest first{usual}.",
    )
