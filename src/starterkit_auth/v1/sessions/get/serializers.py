from rest_framework import serializers

from starterkit_auth.http.requests import session_of
from starterkit_auth.models import AbstractSession
from starterkit_auth.v1.serializers import SessionRepresentation


class ListedSessionRepresentation(SessionRepresentation):
    """One of several sessions."""

    current = serializers.SerializerMethodField(
        help_text="Whether it is the session of this request."
    )

    def get_current(self, session: AbstractSession) -> bool:
        current = session_of(self.context["request"])
        return current is not None and current.pk == session.pk
