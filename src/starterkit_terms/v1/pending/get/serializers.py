"""Response body of GET v1/pending/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import WordingRepresentation


class PendingDocumentRepresentation(WordingRepresentation):
    """A version to accept; its text is in `documents`."""

    enforce_at = MomentField(
        source="version.deadline",
        help_text="The time from which it must have been accepted.",
    )
    blocking = serializers.BooleanField(
        help_text="Whether other endpoints are blocked until it is accepted."
    )


class PendingRepresentation(serializers.Serializer[Any]):
    """Every version to accept; there are few, so this list is not paginated."""

    results = PendingDocumentRepresentation(many=True)
