from rest_framework import serializers

from starterkit_auth.v1.serializers import SessionRepresentation, UserRepresentation

from .use_case import CurrentSession


class CurrentSessionRepresentation(serializers.Serializer[CurrentSession]):
    """The session of this request."""

    session = SessionRepresentation(
        allow_null=True, help_text="Null if authenticated by other means."
    )
    user = UserRepresentation()
    pending_gates = serializers.ListField(
        child=serializers.CharField(),
        help_text="Codes of what the user must do before using the rest of the API.",
    )
