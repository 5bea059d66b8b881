"""Serializer fields of this module's requests."""

from typing import Any

from rest_framework import serializers

from starterkit_auth.services.passwords import MAX_LENGTH
from starterkit_core.utils.secrets import Secret


class PasswordField(serializers.CharField):
    """A password exactly as sent, as a ``Secret``; never in a response."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("style", {"input_type": "password"})
        kwargs.setdefault("write_only", True)
        super().__init__(trim_whitespace=False, max_length=MAX_LENGTH, **kwargs)

    def to_internal_value(self, data: Any) -> Secret:
        if not isinstance(data, str):
            self.fail("invalid")
        return Secret(data)
