"""Serializer fields that no setting of the project changes.

Requests are read without type coercion: only a JSON string is text.

A field of a request that is not declared is ignored, everywhere.
"""

from datetime import datetime
from typing import Any

from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from starterkit_core.utils import moments
from starterkit_core.utils.emails import MAX_LENGTH, canonical_email
from starterkit_core.utils.lines import UNSAFE, one_line
from starterkit_core.utils.secrets import Secret


class TextField(serializers.CharField):
    """Text: a JSON string of bounded length, without ``UNSAFE`` characters."""

    default_error_messages = {
        "unsafe": _("Use plain text without control characters."),
    }

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if UNSAFE.search(data):
            self.fail("unsafe")
        return super().to_internal_value(data)


class LineField(TextField):
    """Text on one line, such as a name: see ``one_line``."""

    def run_validation(self, data: Any = empty) -> Any:
        return super().run_validation(one_line(data) if isinstance(data, str) else data)


class SecretField(LineField):
    """A secret in a request, such as a code: text that no error report shows."""

    def to_internal_value(self, data: Any) -> Secret:
        return Secret(super().to_internal_value(data))


class IssuedSecretField(serializers.CharField):
    """A secret in a response, such as a token: text that no error report shows."""

    def to_representation(self, value: str) -> Secret:
        return Secret(value)


class EmailField(TextField):
    """An e-mail address, as the client sent it."""

    default_error_messages = {"invalid": _("Enter a valid email address.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_LENGTH, **kwargs)
        self.validators.append(EmailValidator(self.error_messages["invalid"]))

    def to_internal_value(self, data: Any) -> str:
        address = super().to_internal_value(data)
        try:
            canonical_email(address)
        except ValueError:
            self.fail("invalid")
        return address


class ListField(serializers.ListField):
    """A list of bounded length, which is judged before any of its items."""

    def __init__(self, *, max_length: int, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)
        self._most = max_length

    def to_internal_value(self, data: Any) -> list[Any]:
        if isinstance(data, list) and len(data) > self._most:
            self.fail("max_length", max_length=self._most)
        return super().to_internal_value(data)


class FlagField(serializers.BooleanField):
    """A JSON true or false; ``"true"`` and ``1`` are refused."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class MomentField(serializers.DateTimeField):
    """A stored moment in responses: UTC, as ISO 8601 with ``Z``."""

    def to_representation(self, value: datetime) -> str:
        return moments.iso(value)
