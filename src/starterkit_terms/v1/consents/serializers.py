"""The shape of a consent, shared by the methods of its two resources."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_terms.serializers import WordingRepresentation

DECISIONS = ["given", "refused", "withdrawn"]
STATES = ["not_asked", *DECISIONS, "expired"]


class ConsentRepresentation(WordingRepresentation):
    """A consent in its version in force, and what the user decided."""

    state = serializers.ChoiceField(
        STATES, help_text="What the user decided last; `expired` can be given again."
    )
    decided_at = MomentField(allow_null=True, help_text="When; null if not asked.")
    decided_number = serializers.IntegerField(
        allow_null=True,
        help_text="The version it was about: less than `number` if there is a new one.",
    )
    expires_at = MomentField(
        allow_null=True, help_text="When a given consent ends; null if it does not."
    )


class ConsentsRepresentation(serializers.Serializer[Any]):
    """Every consent in force; there are few, so this list is not paginated."""

    results = ConsentRepresentation(many=True)
