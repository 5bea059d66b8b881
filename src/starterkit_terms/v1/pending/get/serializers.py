"""Response body of GET v1/pending/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import UpcomingRepresentation, WordingRepresentation


class PendingDocumentRepresentation(WordingRepresentation):
    """A version to accept or to decide on; its text is in `documents`."""

    enforce_at = MomentField(
        source="deadline",
        allow_null=True,
        help_text="The time from which it must have been accepted; null of a consent.",
    )
    blocking = serializers.BooleanField(
        help_text="Whether other endpoints are blocked until it is accepted."
    )
    optional = serializers.BooleanField(
        help_text="Whether it is a consent, to give or refuse at `consents`."
    )


class PendingRepresentation(serializers.Serializer[Any]):
    """All there is to accept or to decide on: few, so they are not paginated."""

    results = PendingDocumentRepresentation(many=True)
    upcoming = UpcomingRepresentation(
        many=True,
        help_text="Announced versions of mandatory documents; those with the "
        "`change_class` `active` will have to be accepted.",
    )
