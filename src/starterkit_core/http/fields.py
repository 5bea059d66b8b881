"""Serializer fields that no setting of the project changes.

Requests are read without type coercion: only a JSON string is text.

A field of a request that is not declared is ignored, everywhere.
"""

from datetime import UTC, datetime
from typing import Any

from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.fields import empty

from starterkit_core.addresses import canonical_email
from starterkit_core.ports.passwords import LONGEST_PASSWORD
from starterkit_core.utils import locales, moments
from starterkit_core.utils.emails import MAX_LENGTH
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


class WordField(serializers.ChoiceField):
    """One of a few words that stands in several shapes.

    ``component`` names them in the OpenAPI document, so that clients have one type.
    """

    def __init__(self, choices: Any, *, component: str, **kwargs: Any) -> None:
        super().__init__(choices, **kwargs)
        self.component = component


class LanguageField(serializers.ChoiceField):
    """A language that the project offers, in any case: ``pt-BR`` is ``pt-br``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=locales.languages(), **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        codes = {code.lower(): code for code in self.choices}
        known = codes.get(data.lower(), data) if isinstance(data, str) else data
        return super().to_internal_value(known)


class TimeZoneField(LineField):
    """The name of a time zone that this computer knows, such as ``Europe/Berlin``."""

    default_error_messages = {"invalid_choice": _("This time zone is not known.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=64, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in locales.time_zones():
            self.fail("invalid_choice")
        return name


class SecretField(LineField):
    """A secret in a request, such as a code: text that no error report shows."""

    def to_internal_value(self, data: Any) -> Secret:
        return Secret(super().to_internal_value(data))


class IssuedSecretField(serializers.CharField):
    """A secret in a response, such as a token: text that no error report shows."""

    def to_representation(self, value: str) -> Secret:
        return Secret(value)


class PasswordField(serializers.CharField):
    """A password exactly as sent, as a ``Secret``; never in a response."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("style", {"input_type": "password"})
        kwargs.setdefault("write_only", True)
        super().__init__(trim_whitespace=False, max_length=LONGEST_PASSWORD, **kwargs)

    def to_internal_value(self, data: Any) -> Secret:
        if not isinstance(data, str):
            self.fail("invalid")
        return Secret(data)


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


class FlagParameter(serializers.BooleanField):
    """``true`` or ``false`` in a query; no other word for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, str) or data not in {"true", "false"}:
            self.fail("invalid", input=data)
        return bool(data == "true")


class GivenMomentField(serializers.DateTimeField):
    """A moment in a request: ISO 8601 with a time zone, such as ``Z``.

    No setting of the project changes what it reads. The value is aware, in UTC.
    """

    default_error_messages = {
        "invalid": _("Use ISO 8601 with a time zone, such as 2026-11-26T10:04:50Z."),
    }

    def to_internal_value(self, data: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(data)
            if moment.tzinfo is not None:
                return moment.astimezone(UTC)
        except (OverflowError, TypeError, ValueError):
            pass
        return self.fail("invalid")
