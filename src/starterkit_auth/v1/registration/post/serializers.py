"""Body of POST v1/registration/."""

from typing import Any

from rest_framework import serializers

from starterkit_auth.http.fields import PasswordField
from starterkit_core.http.fields import EmailField
from starterkit_core.ports import sign_up


class RegisterRequest(serializers.Serializer[Any]):
    """An address, a password, and what else a sign-up needs in this project."""

    email = EmailField(help_text="Where the code and the link are sent.")
    password = PasswordField(help_text="Taken exactly as sent.")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the fields of every sign-up requirement; none replaces ours."""
        required = {
            name: field
            for requirement in sign_up.requirements()
            for name, field in requirement.fields().items()
        }
        return {**required, **super().get_fields()}
