"""What GET v1/documents/ answers."""

from datetime import UTC
from typing import Any

from rest_framework import serializers

from starterkit_terms.serializers import WordingRepresentation


class DocumentRepresentation(WordingRepresentation):
    """What is in force of one document, as it is shown to read."""

    mandatory = serializers.BooleanField(source="version.document.mandatory")
    enforce_at = serializers.DateTimeField(
        source="version.deadline", default_timezone=UTC
    )
    html = serializers.CharField(source="text.html", help_text="Safe to show as it is.")
    source = serializers.CharField(  # type: ignore[assignment]  # DRF has a source
        source="text.source", help_text="Markdown."
    )


class DocumentsRepresentation(serializers.Serializer[Any]):
    """Every document in force; there are few, so this list has no pages."""

    results = DocumentRepresentation(many=True)
