"""The preferences that users may have, declared in code by modules and hosts.

Registered in ``AppConfig.ready()``. What a user has not set has its default, which may
change with a release. A value that is saved under a key that no longer exists is kept.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.dispatch import Signal

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
"""A namespace, such as the module that reads it, and a name: ``push.sound``."""


class Writer(Enum):
    """Who may set a preference."""

    USER = "user"
    """The user; administrators, too."""

    ADMINISTRATOR = "administrator"
    """Administrators only; the user sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """One preference, such as whether to get notifications by mail."""

    key: str
    """Unique, with a namespace: ``notifications.email``."""

    field: Callable[[], Any]
    """Returns a new serializer field, without arguments about null or being required.

    >>> field=lambda: serializers.ChoiceField(["light", "dark"])
    """

    default: Any
    """What a user has who has set none: JSON that the field takes."""

    writer: Writer = Writer.USER

    about: str = ""
    """What it is, for the API documentation."""

    def value_of(self, saved: Mapping[str, Any]) -> Any:
        """Return what is saved, or the default for what the field no longer takes."""
        if self.key not in saved:
            return self.default
        try:
            self.field().run_validation(saved[self.key])
        except Exception:  # noqa: BLE001  # of any field of a host, and none must stop a read
            return self.default
        return saved[self.key]


preferences_changed = Signal()
"""Sent after a preference was registered or removed; without arguments."""

_preferences: dict[str, Preference] = {}


def register(*preferences: Preference) -> None:
    """Add preferences; one with the same key is replaced.

    Raises:
        TypeError: a key has no namespace, or a default is no JSON.
    """
    for it in preferences:
        if not KEY.fullmatch(it.key):
            raise TypeError(f'{it.key!r} is no key: write "namespace.name".')
        json.dumps(it.default)
        _preferences[it.key] = it
    preferences_changed.send(Preference)


def unregister(key: str) -> None:
    """Remove the preference with this key; what users have saved is kept."""
    _preferences.pop(key, None)
    preferences_changed.send(Preference)


def registered() -> dict[str, Preference]:
    """Return all preferences by key, in alphabetical order."""
    return dict(sorted(_preferences.items()))


def all_of(user: object) -> dict[str, Any]:
    """Return the value of each preference for ``user``, with any user model."""
    saved = getattr(user, "preferences", None)
    saved = saved if isinstance(saved, dict) else {}
    return {key: it.value_of(saved) for key, it in registered().items()}


def value_of(user: object, key: str) -> Any:
    """Return the value of one preference for ``user``.

    Raises:
        KeyError: it is not registered.
    """
    saved = getattr(user, "preferences", None)
    return _preferences[key].value_of(saved if isinstance(saved, dict) else {})
