"""Response body of GET v1/acceptances/<acceptance_id>/receipt/.

Its groups are those of a consent receipt in ISO/IEC TS 27560: the receipt itself, who
it is about, the notice that was shown, and the event.
"""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import NatureField
from starterkit_terms.v1.acceptances.serializers import ActionField, MethodField

SCHEMA = "starterkit-terms/1"
"""The version of this shape, for who keeps receipts."""


class NoticeRepresentation(serializers.Serializer[Any]):
    """The document that was shown."""

    document = serializers.CharField(source="act.version.document.key")
    nature = NatureField(source="act.version.document.nature")
    version = serializers.UUIDField(source="act.version_id")
    number = serializers.IntegerField(source="act.version.number")
    label = serializers.CharField(source="act.version.label")  # type: ignore[assignment]  # DRF has a label
    language = serializers.CharField(source="act.locale")
    title = serializers.CharField(source="text.title")
    source = serializers.CharField(  # type: ignore[assignment]  # DRF has a source
        source="text.source", help_text="The text that was shown, in Markdown."
    )
    content_hash = serializers.CharField(source="act.content_hash")
    wording = serializers.CharField(
        source="act.wording", help_text="What was shown beside the checkbox."
    )


class EventRepresentation(serializers.Serializer[Any]):
    """What was done about it."""

    type = ActionField(source="act.action")
    time = MomentField(source="act.happened_at")
    valid_until = MomentField(source="act.expires_at", allow_null=True)
    method = MethodField(source="act.method")
    authority = serializers.ChoiceField(
        ["self", "organization"], source="act.authority"
    )
    request_id = serializers.CharField(source="act.request_id")


class ReceiptRepresentation(serializers.Serializer[Any]):
    """Evidence for the user, shaped after ISO/IEC TS 27560."""

    schema = serializers.SerializerMethodField(help_text="The version of this shape.")
    receipt_id = serializers.UUIDField(source="act.pk")
    subject_id = serializers.CharField(
        source="act.user_id", help_text="Id of the user who is bound."
    )
    actor_id = serializers.CharField(
        source="act.actor_id", help_text="Id of the user who acted."
    )
    notice = NoticeRepresentation(source="*")
    event = EventRepresentation(source="*")

    def get_schema(self, receipt: Any) -> str:
        """Return the name of this shape."""
        return SCHEMA
