from typing import Any

from rest_framework import serializers

from starterkit_auth.http.fields import PasswordField


class ChangePasswordRequest(serializers.Serializer[Any]):
    """The password as it is, and as it shall be."""

    current_password = PasswordField(
        required=False, help_text="Left out only by who has none."
    )
    new_password = PasswordField(help_text="Taken exactly as sent.")
