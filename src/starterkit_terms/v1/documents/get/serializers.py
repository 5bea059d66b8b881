"""Response body of GET v1/documents/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import WordingRepresentation


class DocumentRepresentation(WordingRepresentation):
    """The version in force of one document, with its text."""

    mandatory = serializers.BooleanField(source="version.document.mandatory")
    enforce_at = MomentField(source="version.deadline")
    html = serializers.CharField(source="text.html", help_text="Safe to show as it is.")
    source = serializers.CharField(  # type: ignore[assignment]  # DRF has a source
        source="text.source", help_text="Markdown."
    )


class DocumentsRepresentation(serializers.Serializer[Any]):
    """Every document in force; there are few, so this list is not paginated."""

    results = DocumentRepresentation(many=True)
