from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField


class ResendCodeRequest(serializers.Serializer[Any]):
    """The address of a sign-up."""

    email = EmailField(help_text="In any spelling.")
