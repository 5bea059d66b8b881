from rest_framework import serializers


class ThingRepresentation(serializers.Serializer):
    """A thing."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    note = serializers.CharField(allow_null=True)
