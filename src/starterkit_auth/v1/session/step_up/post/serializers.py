from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import PasswordField


class StepUpSessionRequest(serializers.Serializer[Any]):
    """The proof of identity."""

    password = PasswordField(help_text="The current password.")
