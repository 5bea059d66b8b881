"""What GET v1/pending/ answers."""

from datetime import UTC
from typing import Any

from rest_framework import serializers

from starterkit_terms.serializers import WordingRepresentation


class PendingDocumentRepresentation(WordingRepresentation):
    """A version to accept; its text is in `documents`."""

    enforce_at = serializers.DateTimeField(
        source="version.deadline",
        default_timezone=UTC,
        help_text="From when on it must have been accepted.",
    )
    blocking = serializers.BooleanField(
        help_text="Whether other endpoints refuse already."
    )


class PendingRepresentation(serializers.Serializer[Any]):
    """Everything to accept; there is little, so this list has no pages."""

    results = PendingDocumentRepresentation(many=True)
