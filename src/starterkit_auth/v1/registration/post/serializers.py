"""Body of POST v1/registration/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField, PasswordField
from starterkit_core.ports import sign_up


class RegisterRequest(serializers.Serializer[Any]):
    """Address, password, and the fields that this project adds to a sign-up."""

    per_request = False  # get_fields() is the same for every request

    email = EmailField(help_text="Code and link are sent to it.")
    password = PasswordField(help_text="Used exactly as sent.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the fields of all sign-up requirements; they cannot override ours."""
        required = {
            name: field
            for requirement in sign_up.requirements()
            for name, field in requirement.fields().items()
        }
        return {**required, **super().get_fields()}
