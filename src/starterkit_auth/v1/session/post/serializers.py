from typing import Any

from rest_framework import serializers

from starterkit_auth.http.fields import PasswordField
from starterkit_auth.v1.serializers import ClientRequest
from starterkit_core.http.fields import EmailField


class SignInRequest(serializers.Serializer[Any]):
    """Who wants to sign in."""

    email = EmailField()
    password = PasswordField()
    client = ClientRequest(required=False)
