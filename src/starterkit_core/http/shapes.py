"""Judges the shape of a body before its content, whatever fields a serializer has.

DRF validates every item of a list, and every text with every validator, before it looks
at their maximum length. Here the length comes first, in the fields of a host too.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.validators import ProhibitNullCharactersValidator
from rest_framework.exceptions import ValidationError
from rest_framework.fields import (
    CharField,
    DictField,
    JSONField,
    ListField,
    MultipleChoiceField,
    _UnvalidatedField,
)
from rest_framework.relations import ManyRelatedField
from rest_framework.serializers import ListSerializer, Serializer

from starterkit_core.conf import conf
from starterkit_core.http.parsers import read_json

LISTS = (ListField, ListSerializer, ManyRelatedField, MultipleChoiceField)
ANYTHING = (JSONField, _UnvalidatedField)
"""Fields that take every JSON value; ``_UnvalidatedField`` is a ``child`` left out."""

LONG_TEXT = 10_000
"""Length up to which a text costs little to validate, even if it is too long.

A field may make it shorter first, such as one that ignores spaces.
"""


def check_shape(field: Any, data: Any) -> None:
    """Refuse a list or a text that is too long for ``field``, or for a field in it.

    Raises:
        ValidationError: with the first that was found.
    """
    if isinstance(data, str):
        _check_text(field, data)
        return
    if isinstance(field, (*LISTS, DictField)) and isinstance(data, (list, dict)):
        _check_length(field, data)
    for name, part, value in _parts(field, data):
        try:
            check_shape(part, value)
        except ValidationError as refusal:
            raise ValidationError({str(name): refusal.detail}) from None


def most_items(field: Any) -> int:
    """Return the maximum length of a list field: its own, or the default."""
    if isinstance(field, MultipleChoiceField):
        return max(conf.MAX_LIST_ITEMS, len(field.choices))
    declared: int | None = getattr(field, "max_length", None)
    return conf.MAX_LIST_ITEMS if declared is None else declared


def _check_text(field: Any, text: str) -> None:
    if isinstance(field, CharField):
        most = field.max_length
        if most is not None and len(text) > max(int(most), LONG_TEXT):
            raise _too_long(field, CharField, int(most))
    elif isinstance(field, ANYTHING) and "\0" in text:
        validator = ProhibitNullCharactersValidator
        raise ValidationError(validator.message, validator.code)
    if getattr(field, "binary", False):  # JSON as a text within JSON
        _check_json(field, text)


def _check_json(field: JSONField, text: str) -> None:
    try:
        read_json(text.encode())
    except (ValueError, RecursionError):
        field.fail("invalid")


def _check_length(field: Any, items: Sequence[Any] | Mapping[str, Any]) -> None:
    if len(items) > most_items(field):
        raise _too_long(field, ListField, most_items(field))


def _too_long(field: Any, kind: type[Any], most: int) -> ValidationError:
    usual = kind.default_error_messages["max_length"]
    message = field.error_messages.get("max_length", usual)
    return ValidationError(message.format(max_length=most), "max_length")


def _parts(field: Any, data: Any) -> Iterator[tuple[str | int, Any, Any]]:
    """Yield name or index, field and value of what is in ``data``."""
    if isinstance(data, list):
        part = _of_each(field, (*LISTS, *ANYTHING))
        yield from ((index, part, value) for index, value in enumerate(data) if part)
    elif not isinstance(data, dict):
        return
    elif isinstance(field, Serializer):
        sent = ((name, part) for name, part in field.fields.items() if name in data)
        yield from ((name, it, data[name]) for name, it in sent if not it.read_only)
    elif part := _of_each(field, (DictField, *ANYTHING)):
        yield from ((name, part, value) for name, value in data.items())


def _of_each(field: Any, kinds: tuple[type, ...]) -> Any:
    """Return the field of each item, or None if ``field`` is not of these kinds."""
    if not isinstance(field, kinds):
        return None
    return getattr(field, "child", getattr(field, "child_relation", field))
