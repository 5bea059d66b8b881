from typing import Any

from rest_framework import serializers


class NoteRepresentation(serializers.Serializer[Any]):
    """A note as its owner sees it."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
