"""Fields that take JSON at its word: text is text, and nothing is coerced.

A field that nobody declared is ignored, everywhere.
"""

import re
from typing import Any

from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.utils.emails import MAX_LENGTH, canonical_email

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters, overrides of the writing direction, halves of a character."""


class TextField(serializers.CharField):
    """Text for people: a JSON string, of bounded length, without control characters."""

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


class EmailField(TextField):
    """An address that mail can be sent to, as the person wrote it."""

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


class FlagField(serializers.BooleanField):
    """True or false as JSON has them; ``"true"`` and ``1`` are something else."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data
