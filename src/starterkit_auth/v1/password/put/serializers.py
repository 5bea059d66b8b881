from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import PasswordField


class ChangePasswordRequest(serializers.Serializer[Any]):
    """The current and the new password."""

    current_password = PasswordField(
        required=False, help_text="Required, unless the account has no password."
    )
    new_password = PasswordField(help_text="Used exactly as sent.")
