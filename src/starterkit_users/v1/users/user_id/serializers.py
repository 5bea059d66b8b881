"""One user as administrators see them, and what several acts on a user take."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import LineField
from starterkit_users.services import roles
from starterkit_users.v1.users.serializers import UserRepresentation


class UserDetailsRepresentation(UserRepresentation):
    """A user with what a list would be slow to show."""

    roles = serializers.SerializerMethodField(help_text="Keys, in their order.")

    def get_roles(self, user: Any) -> list[str]:
        """Return the keys of the user's roles."""
        return roles.roles_of(user)

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has."""
        fields = super().get_fields()
        if not roles.has_roles():
            fields.pop("roles", None)
        return fields


class ReasonRequest(serializers.Serializer[Any]):
    """Why an administrator acts, for the audit log."""

    reason = LineField(
        max_length=500,
        default="",
        allow_blank=True,
        help_text="For the audit log; users read it only in the export of their data.",
    )
