"""An export as its owner sees it."""

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_users.models import DataExport

STATES = [*DataExport.State.values, DataExport.EXPIRED]


class ExportRepresentation(serializers.Serializer[DataExport]):
    """An export of all data about me; where its file is, no answer says."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        STATES,
        source="shown_state",
        help_text="Only one that is `ready` can be downloaded, and once.",
    )
    created_at = MomentField()
    ready_at = MomentField(allow_null=True)
    expires_at = MomentField(allow_null=True, help_text="The file is gone then.")
    downloaded_at = MomentField(allow_null=True)
