from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import TextField


class RefreshSessionRequest(serializers.Serializer[Any]):
    """The newest refresh token of the client."""

    refresh_token = TextField(max_length=512, write_only=True)
