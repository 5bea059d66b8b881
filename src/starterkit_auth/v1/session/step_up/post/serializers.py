from typing import Any

from rest_framework import serializers

from starterkit_auth.http.fields import PasswordField


class StepUpSessionRequest(serializers.Serializer[Any]):
    """What only the person in the session knows."""

    password = PasswordField(help_text="The current one.")
