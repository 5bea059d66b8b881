"""Request body of POST v1/invitations/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField
from starterkit_users.services.roles import has_roles
from starterkit_users.v1.new_account_request import NewAccountRequest
from starterkit_users.v1.role_keys import RoleKeysField


class InviteUserRequest(NewAccountRequest):
    """The account that waits for its owner; a host adds its own required columns."""

    email = EmailField(help_text="The invitation is mailed to it.")
    roles = RoleKeysField(
        required=False,
        help_text="Keys of the roles that the account gets once it is accepted, if you "
        "may still give them then. Needs Django's permission to change users, too.",
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields; without roles if users are in no groups."""
        fields = super().get_fields()
        if not has_roles():
            fields.pop("roles", None)
        return fields
