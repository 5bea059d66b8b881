from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import IssuedSecretField, LineField, MomentField
from starterkit_core.ports.impersonation import Begun
from starterkit_users.v1.users.serializers import UserRepresentation


class StartImpersonationRequest(serializers.Serializer[Any]):
    """Why an administrator acts as a user."""

    reason = LineField(
        max_length=500,
        help_text="For the audit log, such as the number of a ticket; users read it "
        "only in the export of their data.",
    )


class ImpersonationRepresentation(serializers.Serializer[Begun]):
    """The token by which an administrator acts as a user; it is shown once."""

    id = serializers.UUIDField()
    access_token = IssuedSecretField(
        help_text="For the request header `Authorization: Bearer <access_token>`."
    )
    token_type = serializers.CharField(help_text="Always `Bearer`.")
    expires_in = serializers.IntegerField(
        help_text="Seconds from now until it ends; it cannot be renewed."
    )
    expires_at = MomentField()
    user = UserRepresentation()
