from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import SecretField


class ResendCodeRequest(serializers.Serializer[Any]):
    """The registration whose mail is sent again."""

    registration_token = SecretField(max_length=256, help_text="From the sign-up.")
