from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import TextField


class ReverseEmailChangeRequest(serializers.Serializer[Any]):
    """The token from the mail to the former address."""

    token = TextField(max_length=256)
