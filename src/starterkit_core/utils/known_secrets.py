"""Finds the secrets that code had when it failed, to hide them in what it said."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import fields, is_dataclass
from itertools import chain, islice
from traceback import walk_stack, walk_tb
from types import FrameType, ModuleType
from typing import Any
from urllib.parse import quote, quote_plus

from starterkit_core.utils.redaction import is_private
from starterkit_core.utils.secrets import Secret

SHORTEST, LONGEST = 6, 1_000
"""Least and most characters of a secret that is looked for."""

WORD = re.compile(r"[a-z_.]+")
"""What no secret is by its name alone: ``code = "invalid_email"``."""

FORMS: tuple[Callable[[str], str], ...] = (
    str,
    quote,
    quote_plus,
    lambda text: repr(text)[1:-1],
)
"""How a message may repeat a text."""

DEEPEST = 3
MOST = 2_000
"""Most levels, and values of each, that are looked at."""

Named = tuple[Any, Any]
"""A value with its name, if it has one."""


def secrets_of(error: BaseException | None) -> list[str]:
    """Return the secret texts in the code that failed and in the code that runs.

    A message may repeat them, or a variable with another name. Looked at are the local
    variables of each frame, what these consist of, and so on: each ``Secret``, and each
    text with the name of a secret or of an address; encoded, too. The longest first.
    """
    running = walk_stack(sys._getframe())  # noqa: SLF001  # inspect's needs a frame, too
    frames = [*islice(_frames_of(error), MOST), *(frame for frame, _ in running)]
    values = chain.from_iterable([*frame.f_locals.items()] for frame in frames)
    texts = {str(value) for name, value in _inside(values) if _is_secret(name, value)}
    return forms_of(texts)


def secrets_of_path(request: Any) -> list[str]:
    """Return what is secret in the path of Django's request, such as a token.

    A parameter that is called ``key`` is one, too, as those of django-allauth are.
    """
    match = request.resolver_match
    return [
        str(value)
        for name, value in (match.kwargs.items() if match else ())
        if value and (name == "key" or is_private(name))
    ]


def forms_of(texts: Iterable[str]) -> list[str]:
    """Return how a message may repeat ``texts``, the longest first."""
    forms = {form(text) for text in texts for form in FORMS}
    return sorted(forms, key=len, reverse=True)


def _is_secret(name: Any, value: Any) -> bool:
    kind = type(value)  # isinstance() would load a lazy object
    if not issubclass(kind, str) or not SHORTEST <= len(value) <= LONGEST:
        return False
    if issubclass(kind, Secret):
        return True
    return type(name) is str and is_private(name) and not WORD.fullmatch(value)


def _frames_of(error: BaseException | None) -> Iterator[FrameType]:
    """Yield the frames of ``error``, its causes and parts, each the innermost first."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        error = waiting.pop(0)
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield from reversed([frame for frame, _ in walk_tb(error.__traceback__)])
        waiting.append(error.__cause__ or error.__context__)
        if isinstance(error, BaseExceptionGroup):
            waiting += error.exceptions


def _inside(values: Iterable[Named]) -> Iterator[Named]:
    """Yield ``values``, and then what they consist of, level by level."""
    for _ in range(DEEPEST + 1):
        level = list(islice(values, MOST))
        yield from level
        values = chain.from_iterable(map(_parts_of, level))


def _parts_of(named: Named) -> Iterable[Named]:
    """Return what a value consists of, without running code of its type.

    What is in a list has the name of the list.
    """
    name, value = named
    kind = type(value)
    if kind in {list, tuple}:
        return [(name, part) for part in value[:MOST]]
    if issubclass(kind, dict):
        return [*dict.items(value)]
    if is_dataclass(kind):
        return [*_attributes(value, [field.name for field in fields(kind)])]
    if issubclass(kind, (type, ModuleType, FrameType)):
        return ()
    return [*_attributes(value, ["__dict__"])]


def _attributes(value: Any, names: Iterable[str]) -> Iterator[Named]:
    for name in names:
        with suppress(AttributeError):
            yield name, object.__getattribute__(value, name)
