"""Values for a column of the project that a module has to fill, such as a username."""

import secrets
from collections.abc import Iterator
from string import ascii_lowercase, digits
from typing import Any, TypeAlias
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import get_random_string

LENGTH = 32
"""How long a random text is, where the column is not shorter."""

NUMBER_BITS = (52, 30)
"""A random number has one bit more, so that it is larger than counted ones."""

Column: TypeAlias = "models.Field[Any, Any]"


def first_fitting(field: Column, *values: Any) -> Any:
    """Return the first of ``values`` that ``field`` and its validators take, or None."""
    for value in values:
        try:
            return field.clean(value, None)
        except ValidationError:
            continue
    return None


def random_value(field: Column) -> Any:
    """Return an unguessable value that ``field`` takes, or None.

    None for a field that takes digits only, say: it is for phone numbers, and a random
    one may be that of another person.
    """
    return first_fitting(field, *_random_values(field))


def _random_values(field: Column) -> Iterator[Any]:
    if isinstance(field, models.UUIDField):
        yield uuid4()
    elif isinstance(field, models.IntegerField):
        yield from (2**bits + secrets.randbits(bits) for bits in NUMBER_BITS)
    elif isinstance(field, models.CharField):
        length = min(field.max_length or LENGTH, LENGTH)
        yield uuid4().hex if length == LENGTH else _random_name(length)
        yield get_random_string(length, ascii_lowercase)


def _random_name(length: int) -> str:
    """Return small letters and digits, the first one a letter."""
    rest = get_random_string(length - 1, ascii_lowercase + digits)
    return get_random_string(1, ascii_lowercase) + rest
