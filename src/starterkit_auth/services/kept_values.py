"""The validated fields of a sign-up as JSON, and back.

They wait for the proof of the address. Validating what was sent a second time would
not do: a captcha is valid once, and the password that a project compares with is gone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model
from django.utils.dateparse import parse_duration
from django.utils.duration import duration_iso_string

from starterkit_core.db.databases import rows_of
from starterkit_core.utils.secrets import NamedSecret, Secret

PLAIN = (bool, int, str, type(None))


@dataclass(frozen=True, slots=True)
class _Kind:
    """A type that JSON lacks: how its values are written and read."""

    type: type
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def dumped(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``values`` for a JSON column, without fields that hold a secret.

    Such as a repeated password: it has been compared by now. Within a field, what a
    ``SecretField`` has read is left out likewise.

    Raises:
        ImproperlyConfigured: a field has values that cannot be kept, such as a file.
    """
    kept = {}
    for name, value in values.items():
        if isinstance(value, Secret):
            continue
        try:
            kept[name] = _dumped(value)
        except TypeError as error:
            message = f"The sign-up has a field {name!r} that cannot be kept: {error}."
            raise ImproperlyConfigured(message) from error
    return kept


def loaded(kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``dumped`` was given.

    Raises:
        ObjectDoesNotExist: a row that was chosen was deleted meanwhile.
    """
    return {name: _loaded(value) for name, value in kept.items()}


def _dumped(value: Any) -> Any:
    if isinstance(value, PLAIN):
        return _dumped_plain(value)
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, list):
        return _each(value)
    for name, kind in KINDS.items():
        if isinstance(value, kind.type):
            return {"type": name, "value": kind.write(value)}
    raise TypeError(type(value).__qualname__)


def _dumped_plain(value: Any) -> Any:
    """Return text or a number also for a member of an enumeration."""
    if isinstance(value, str):
        text = str.__str__(value)
        # PostgreSQL refuses NUL in JSON.
        split = {"type": "text", "value": text.split("\x00")}
        return split if "\x00" in text else text
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return int(value) if is_number else value


def _loaded(kept: Any) -> Any:
    if isinstance(kept, list):
        return [_loaded(item) for item in kept]
    if isinstance(kept, dict):
        return KINDS[kept["type"]].read(kept["value"])
    return kept


def _dumped_dict(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _dumped(value) for name, value in values.items() if not _is_read(value)
    }


def _dumped_row(row: Model) -> Any:
    return {"model": row._meta.label, "pk": _dumped(row.pk)}


def _loaded_row(kept: Any) -> Model:
    model: type[Model] = apps.get_model(kept["model"])
    return rows_of(model).get(pk=_loaded(kept["pk"]))


def _each(values: Any) -> list[Any]:
    return [_dumped(value) for value in values if not _is_read(value)]


def _is_read(value: Any) -> bool:
    """Return whether a field has read a secret: more than a name such as ``codes``."""
    return isinstance(value, Secret) and not isinstance(value, NamedSecret)


KINDS: Mapping[str, _Kind] = {
    "text": _Kind(str, str, "\x00".join),
    "float": _Kind(float, str, float),
    "decimal": _Kind(Decimal, str, Decimal),
    "uuid": _Kind(UUID, str, UUID),
    "datetime": _Kind(datetime, datetime.isoformat, datetime.fromisoformat),
    "date": _Kind(date, date.isoformat, date.fromisoformat),
    "time": _Kind(time, time.isoformat, time.fromisoformat),
    "duration": _Kind(timedelta, duration_iso_string, parse_duration),
    "tuple": _Kind(tuple, _each, lambda kept: tuple(_loaded(kept))),
    "set": _Kind(set, _each, lambda kept: set(_loaded(kept))),
    "dict": _Kind(dict, _dumped_dict, loaded),
    "row": _Kind(Model, _dumped_row, _loaded_row),
}
"""By the name in the JSON; a datetime is a date, so it stands before."""
