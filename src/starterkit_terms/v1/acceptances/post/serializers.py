"""Request and response body of POST v1/acceptances/."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import ListField
from starterkit_terms.serializers import (
    MOST,
    AcceptedTextRequest,
    GivenTokenField,
    VisitorTokenField,
)
from starterkit_terms.v1.acceptances.serializers import AcceptanceRepresentation


class DecidedTextRequest(AcceptedTextRequest):
    """A version, the hash of the text that was shown, and what is done about it."""

    action = serializers.ChoiceField(
        ["accepted", "acknowledged", "refused"],
        required=False,
        help_text="What the nature asks for if left out: a contract or an attestation "
        "is accepted, a notice is acknowledged. To refuse is only recorded.",
    )


class AcceptTermsRequest(serializers.Serializer[Any]):
    """The versions to accept: all of them, or none if one is refused."""

    default_error_messages = {
        "contradiction": _("Decide once about each version."),
    }

    acceptances = ListField(child=DecidedTextRequest(), min_length=1, max_length=MOST)
    visitor_token = VisitorTokenField()

    def validate_acceptances(
        self, given: Sequence[Mapping[str, Any]]
    ) -> Sequence[Mapping[str, Any]]:
        """Refuse to accept and to refuse the same version."""
        decided = {(item["version"], item.get("action", "")) for item in given}
        if len(decided) > len({version for version, _action in decided}):
            self.fail("contradiction")
        return given


class AcceptancesRepresentation(serializers.Serializer[Any]):
    """The acceptances, new or existing, in the order of the request."""

    results = AcceptanceRepresentation(many=True)
    visitor_token = GivenTokenField()
