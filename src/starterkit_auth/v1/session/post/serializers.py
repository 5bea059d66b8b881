from typing import Any

from rest_framework import serializers

from starterkit_auth.v1.serializers import ClientRequest
from starterkit_core.http.fields import EmailField, PasswordField


class SignInRequest(serializers.Serializer[Any]):
    """The credentials, and the client that signs in."""

    email = EmailField()
    password = PasswordField()
    client = ClientRequest(required=False)
