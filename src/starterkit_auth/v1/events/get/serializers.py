from rest_framework import serializers

from starterkit_auth.http.requests import session_of
from starterkit_core.http.fields import MomentField
from starterkit_core.models import AuditEvent


class EventFactsRepresentation(serializers.Serializer[dict[str, object]]):
    """Details of an event; other facts in the log are not returned."""

    session = serializers.CharField(required=False, help_text="Id of the session.")
    method = serializers.CharField(
        required=False, help_text="How identity was proven, such as password."
    )
    reason = serializers.CharField(
        required=False, help_text="Why it was refused, or why sessions were ended."
    )
    number = serializers.IntegerField(
        required=False, help_text="How many sessions were ended."
    )


class EventRepresentation(serializers.Serializer[AuditEvent]):
    """One event of an account, as its owner sees it."""

    id = serializers.UUIDField()
    created_at = MomentField()
    action = serializers.CharField(help_text="Stable name, such as auth.signed_in.")
    address = serializers.CharField(
        help_text="IP address of the client; the project may shorten or omit it."
    )
    user_agent = serializers.CharField()
    impersonated = serializers.SerializerMethodField(
        help_text="Whether an administrator acted as the user."
    )
    current = serializers.SerializerMethodField(
        help_text="Whether it is about the session of this request."
    )
    facts = EventFactsRepresentation()

    def get_impersonated(self, event: AuditEvent) -> bool:
        return bool(event.impersonator_id)

    def get_current(self, event: AuditEvent) -> bool:
        current = session_of(self.context["request"])
        return current is not None and event.facts.get("session") == str(current.pk)
