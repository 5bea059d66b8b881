"""An invitation as administrators see it."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_users.models.invitation import EXPIRED, Ending
from starterkit_users.services import roles

STATES = [Ending.OPEN.value, EXPIRED, Ending.ACCEPTED.value, Ending.REVOKED.value]


class InvitationRepresentation(serializers.Serializer[Any]):
    """An invitation; its token is in the mail alone."""

    per_request = False  # get_fields() is the same for every request

    id = serializers.UUIDField(source="pk", read_only=True)
    email = serializers.EmailField(source="address", read_only=True)
    state = serializers.ChoiceField(STATES, read_only=True)
    user = serializers.CharField(
        source="user_id",
        read_only=True,
        allow_null=True,
        help_text="Id of the account; null once a revocation deleted it.",
    )
    invited_by = serializers.CharField(
        source="invited_by_id", read_only=True, allow_null=True
    )
    roles = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Keys of the roles that the account gets once it is accepted.",
    )
    mails = serializers.IntegerField(read_only=True, help_text="How many were sent.")
    created_at = MomentField(read_only=True)
    mailed_at = MomentField(read_only=True)
    expires_at = MomentField(read_only=True)
    ended_at = MomentField(
        read_only=True, allow_null=True, help_text="When it was accepted or revoked."
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields; without roles if users are in no groups."""
        fields = super().get_fields()
        if not roles.has_roles():
            del fields["roles"]
        return fields
