from rest_framework import serializers

from starterkit_core.http.fields import FlagField, TextField


class MakerRequest(serializers.Serializer):
    """Who made it."""

    name = TextField(max_length=20)


class CreateThingRequest(serializers.Serializer):
    """A new thing."""

    name = TextField(max_length=40)
    note = TextField(max_length=200, required=False)
    kind = serializers.ChoiceField(["small", "large"], required=False)
    loud = FlagField(required=False)
    makers = MakerRequest(many=True, required=False)
