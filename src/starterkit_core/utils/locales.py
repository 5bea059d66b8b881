"""The language and the time zone that a user has chosen.

They are the attributes ``locale`` and ``time_zone`` of a user, with any user model: one
without them, or with values that this project does not offer, has chosen none.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings  # noqa: TID251  # the project's languages, not ours
from django.utils import timezone, translation

NO_PLACES = frozenset({"localtime", "Factory"})
"""Names in the database of time zones that mean another zone on each computer."""


def language_of(user: object) -> str:
    """Return the code of the language that ``user`` has chosen, or ``""``."""
    return supported(getattr(user, "locale", ""))


def time_zone_of(user: object) -> ZoneInfo | None:
    """Return the time zone that ``user`` has chosen, or None."""
    return zone_called(getattr(user, "time_zone", ""))


@contextmanager
def speaking_to(user: object) -> Iterator[None]:
    """Use the language and the time zone of ``user`` within the block.

    What they have not chosen stays as it is. The former ones are back at the end, and
    other threads and requests keep theirs.
    """
    with speaking(language_of(user), time_zone_of(user)):
        yield


@contextmanager
def speaking(language: str, zone: ZoneInfo | None) -> Iterator[None]:
    """Use a language and a time zone within the block; ``""`` and None stay as is."""
    with ExitStack() as stack:
        if language:
            stack.enter_context(translation.override(language))
        if zone:
            stack.enter_context(timezone.override(zone))
        yield


def as_payload() -> dict[str, str]:
    """Return what a task takes along: what differs from the project's own."""
    zone = str(timezone.get_current_timezone())
    spoken = {"language": translation.get_language() or "", "time_zone": zone}
    usual = {"language": settings.LANGUAGE_CODE, "time_zone": settings.TIME_ZONE}
    return {name: spoken[name] for name in spoken if spoken[name] != usual[name]}


@contextmanager
def speaking_as(payload: Mapping[str, object]) -> Iterator[None]:
    """Use the language and the time zone that a task took along."""
    language = supported(payload.get("language"))
    with speaking(language, zone_called(payload.get("time_zone"))):
        yield


def languages() -> list[str]:
    """Return the codes of the languages of the project, as ``LANGUAGES`` has them."""
    return [code for code, _ in settings.LANGUAGES]


@cache
def time_zones() -> frozenset[str]:
    """Return the names of all time zones that this computer knows."""
    return frozenset(available_timezones()) - NO_PLACES


def supported(language: Any) -> str:
    """Return the project's variant of a language, or ``""``."""
    if not (language and isinstance(language, str)):
        return ""
    try:
        return translation.get_supported_language_variant(language)
    except (LookupError, ValueError):
        return ""


def zone_called(name: Any) -> ZoneInfo | None:
    """Return the time zone with this name, or None; another server may know more."""
    if not (name and isinstance(name, str)):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
