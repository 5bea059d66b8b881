"""Response body of GET v1/documents/<key>/versions/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import ChangeClassField


class ListedVersionRepresentation(serializers.Serializer[Any]):
    """A version without its texts."""

    version = serializers.UUIDField(source="version.pk")
    number = serializers.IntegerField(source="version.number")
    label = serializers.CharField(source="version.label")  # type: ignore[assignment]  # DRF has a label
    state = serializers.ChoiceField(
        ["scheduled", "published", "superseded"], source="version.state"
    )
    change_class = ChangeClassField(source="version.change_class")
    change_summary = serializers.CharField(source="version.change_summary")
    announce_at = MomentField(source="version.announce_at")
    effective_at = MomentField(source="version.effective_at")
    enforce_at = MomentField(source="version.deadline")
    authoritative_locale = serializers.CharField(source="version.authoritative_locale")
    locales = serializers.ListField(child=serializers.CharField())


class VersionsRepresentation(serializers.Serializer[Any]):
    """Every version, the newest first; there are few, so it is not paginated."""

    results = ListedVersionRepresentation(many=True)
