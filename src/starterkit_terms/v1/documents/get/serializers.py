"""Response body of GET v1/documents/."""

from typing import Any

from rest_framework import serializers

from starterkit_terms.serializers import DocumentRepresentation


class DocumentsRepresentation(serializers.Serializer[Any]):
    """Every document in force; there are few, so this list is not paginated."""

    results = DocumentRepresentation(many=True)
