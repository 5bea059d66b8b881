from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import TextField


class RefreshSessionRequest(serializers.Serializer[Any]):
    """The newest refresh token that the client has."""

    refresh_token = TextField(max_length=512, write_only=True)
