from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import SecretField


class RefreshSessionRequest(serializers.Serializer[Any]):
    """The newest refresh token of the client."""

    refresh_token = SecretField(max_length=512, write_only=True)
