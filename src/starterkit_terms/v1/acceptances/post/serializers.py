"""Request and response body of POST v1/acceptances/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import ListField, MomentField
from starterkit_terms.serializers import MOST, AcceptedTextRequest


class AcceptTermsRequest(serializers.Serializer[Any]):
    """The versions to accept: all of them, or none if one is refused."""

    acceptances = ListField(child=AcceptedTextRequest(), min_length=1, max_length=MOST)


class AcceptanceRepresentation(serializers.Serializer[Any]):
    """What was accepted, and when."""

    id = serializers.UUIDField(source="pk")
    document = serializers.CharField(source="version.document.key")
    version = serializers.UUIDField(source="version.pk")
    number = serializers.IntegerField(source="version.number")
    label = serializers.CharField(source="version.label")  # type: ignore[assignment]  # DRF has a label
    locale = serializers.CharField()
    content_hash = serializers.CharField()
    action = serializers.ChoiceField(["accepted"])
    method = serializers.ChoiceField(["api", "sign_up", "admin"])
    accepted_at = MomentField()


class AcceptancesRepresentation(serializers.Serializer[Any]):
    """The acceptances, new or existing, in the order of the request."""

    results = AcceptanceRepresentation(many=True)
