from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import SecretField


class ReverseEmailChangeRequest(serializers.Serializer[Any]):
    """The token from the mail to the former address."""

    token = SecretField(max_length=256)
