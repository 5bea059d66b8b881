"""Query and response body of GET v1/documents/<key>/versions/<number>/diff/."""

from typing import Any

from rest_framework import serializers

from starterkit_terms.serializers import ChangeClassField
from starterkit_terms.services.published import LARGEST


class DifferenceFilters(serializers.Serializer[Any]):
    """Since which version."""

    since = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST,
        help_text="An earlier number; the version before it if left out.",
    )


class StepRepresentation(serializers.Serializer[Any]):
    """What the authors say about one version."""

    number = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # DRF has a label
    change_class = ChangeClassField()
    change_summary = serializers.CharField()


class ComparedTextRepresentation(serializers.Serializer[Any]):
    """One of the two texts."""

    title = serializers.CharField()
    checkbox = serializers.CharField()
    content_hash = serializers.CharField()


class HunkRepresentation(serializers.Serializer[Any]):
    """Paragraphs that follow each other."""

    op = serializers.ChoiceField(["equal", "insert", "delete", "replace"])
    before = serializers.ListField(child=serializers.CharField())
    after = serializers.ListField(child=serializers.CharField())


class DifferenceRepresentation(serializers.Serializer[Any]):
    """What has changed between two versions, in one language."""

    document = serializers.CharField(source="after.document.key")
    since = serializers.IntegerField(source="before.number")
    number = serializers.IntegerField(source="after.number")
    locale = serializers.CharField(
        source="difference.locale", help_text="The language of both texts."
    )
    steps = StepRepresentation(
        many=True, help_text="Each version after `since`, with its summary."
    )
    before = ComparedTextRepresentation(source="difference.before")
    after = ComparedTextRepresentation(source="difference.after")
    hunks = HunkRepresentation(
        source="difference.hunks", many=True, help_text="Paragraphs of Markdown."
    )
    html = serializers.CharField(
        source="difference.html",
        help_text="The hunks as escaped paragraphs, in `ins` and `del`.",
    )
