"""Creates check messages: id, hint, and a link to the reference."""

from typing import Any

from django.core.checks import CheckMessage, Error, Info, Warning  # noqa: A004  # Django's name

from starterkit_core.conf import conf


def error(number: str, text: str, hint: str, obj: Any = None) -> CheckMessage:
    """Return an error; ``number`` is the whole id, such as ``starterkit_core.E001``."""
    return Error(text, hint=_with_link(number, hint), obj=obj, id=number)


def warning(number: str, text: str, hint: str, obj: Any = None) -> CheckMessage:
    """Return a warning; ``number`` is the whole id."""
    return Warning(text, hint=_with_link(number, hint), obj=obj, id=number)


def info(number: str, text: str, hint: str) -> CheckMessage:
    """Return what only informs; ``number`` is the whole id."""
    return Info(text, hint=_with_link(number, hint), id=number)


def _with_link(number: str, hint: str) -> str:
    return f"{hint} See {conf.DOCS_URL}checks.html#{number}" if conf.DOCS_URL else hint
