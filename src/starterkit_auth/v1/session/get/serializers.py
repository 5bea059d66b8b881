from rest_framework import serializers

from starterkit_auth.v1.serializers import SessionRepresentation, UserRepresentation

from .use_case import Actor, CurrentSession


class ActorRepresentation(serializers.Serializer[Actor]):
    """An administrator who acts as the user."""

    sub = serializers.CharField(help_text="Id of the administrator.")


class CurrentSessionRepresentation(serializers.Serializer[CurrentSession]):
    """The session of this request."""

    session = SessionRepresentation(
        allow_null=True, help_text="Null if authenticated by other means."
    )
    user = UserRepresentation()
    act = ActorRepresentation(
        allow_null=True,
        help_text="Who acts as the user (RFC 8693); null for the users themselves.",
    )
    pending_gates = serializers.ListField(
        child=serializers.CharField(),
        help_text="Codes of what the user must do before using the rest of the API.",
    )
