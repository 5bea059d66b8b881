"""Typed settings: one dict per module, read when first used.

It is read again after ``override_settings``, also that of pytest-django's ``settings``.
A change in place, as in ``settings.STARTERKIT_CORE["SITE_NAME"] = …``, goes unseen.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Generic, ParamSpec, Self, TypeVar, cast, overload

from django.conf import settings
from django.core.signals import setting_changed

OVERRIDES = "STARTERKIT_OVERRIDES"
"""The Django setting with the replacements of a host."""

P = ParamSpec("P")
T = TypeVar("T")


def positive(value: float | timedelta) -> bool:
    """Return whether a number or a duration is greater than zero."""
    return bool(value) and value == abs(value)


def until_settings_change(function: Callable[P, T]) -> Callable[P, T]:
    """Cache the results of ``function`` until a setting changes, as in tests."""
    cached = cache(function)

    def clear(**kwargs: Any) -> None:
        cached.cache_clear()

    setting_changed.connect(clear, weak=False)
    return cast("Callable[P, T]", cached)


@until_settings_change
def _settings_dict(name: str) -> Mapping[str, Any]:
    """Return a dict in Django's settings, cached: a request reads a dozen of them.

    Django's lookup is slow, and slowest for a name that is not set.
    """
    # What is no dict is reported by a system check, which needs settings to say so.
    return {} if problem_with_dict(name) else getattr(settings, name, {})


def problem_with_dict(name: str) -> str:
    """Return what is wrong with a setting that must be a dict, or ``""``."""
    found = getattr(settings, name, {})
    if isinstance(found, Mapping):
        return ""
    return f"must be a dict, not {type(found).__name__}"


class Setting(Generic[T]):
    """One entry of a module's dict, with its default.

    ``accepts`` validates a value of the right type; ``expects`` describes the valid
    values, for the message of the system check.
    """

    def __init__(
        self,
        default: T,
        *,
        accepts: Callable[[T], bool] | None = None,
        expects: str = "",
    ) -> None:
        self.default = default
        self.accepts = accepts
        self.expects = expects

    def __set_name__(self, owner: type["AppSettings"], name: str) -> None:
        self.name = name
        owner.entries = {**owner.entries, name: self}

    @overload
    def __get__(self, instance: None, owner: type["AppSettings"]) -> Self: ...
    @overload
    def __get__(self, instance: "AppSettings", owner: type["AppSettings"]) -> T: ...
    def __get__(
        self, instance: "AppSettings | None", owner: type["AppSettings"]
    ) -> Self | T:
        if instance is None:
            return self
        value: T = owner.given().get(self.name, self.default)
        return value

    def problem_with(self, value: Any) -> str:
        """Return what is wrong with ``value``, or ``""``."""
        has_type = isinstance(value, self._types())
        # A bool is an int to Python, but no number to us.
        wrong_bool = isinstance(value, bool) and not isinstance(self.default, bool)
        if wrong_bool or not has_type:
            return f"must be {self._type_names()}, not {type(value).__name__}"
        if self.accepts and not self.accepts(value):
            return f"must be {self.expects}"
        return ""

    def _types(self) -> tuple[type, ...]:
        if isinstance(self.default, (tuple, list, frozenset)):
            return (tuple, list, set, frozenset)
        return (
            (int, float) if isinstance(self.default, float) else (type(self.default),)
        )

    def _type_names(self) -> str:
        return " or ".join(kind.__name__ for kind in self._types())


class AppSettings:
    """Typed access to one dict in Django's settings."""

    namespace: ClassVar[str]
    """The Django setting that holds this app's dict."""

    entries: ClassVar[Mapping[str, Setting[Any]]] = {}
    """Every setting of this app, by name."""

    known: ClassVar[list[type["AppSettings"]]] = []
    """Every module's settings class, for the system check."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        AppSettings.known.append(cls)

    @classmethod
    def given(cls) -> Mapping[str, Any]:
        """Return the host's dict; empty if it has none."""
        return _settings_dict(cls.namespace)

    @classmethod
    def problems(cls) -> Iterator[tuple[str, str]]:
        """Yield the name of each bad entry and what is wrong with it."""
        for name, value in cls.given().items():
            if name not in cls.entries:
                yield name, ""
            elif problem := cls.entries[name].problem_with(value):
                yield name, problem


class CoreSettings(AppSettings):
    """What a host project may tune in core."""

    namespace = "STARTERKIT_CORE"

    SITE_NAME = Setting("Our service")
    """The name of the product, as users read it in mails."""

    API_PREFIX = Setting("/api/")
    """Path below which errors that no view answered become problem documents."""

    TRUSTED_PROXIES = Setting(
        0, accepts=lambda number: number >= 0, expects="zero or more"
    )
    """How many reverse proxies of yours append to ``X-Forwarded-For``."""

    CACHE_ALIAS = Setting("default")
    """The cache with the counters of the rate limits; all servers must share it."""

    MAX_BODY_BYTES = Setting(1_000_000, accepts=positive, expects="more than zero")
    """Longest JSON body that an endpoint reads, in bytes."""

    MAX_JSON_DEPTH = Setting(32, accepts=positive, expects="more than zero")
    """Deepest nesting of a JSON body."""

    MAX_JSON_VALUES = Setting(1_000, accepts=positive, expects="more than zero")
    """Most values in a JSON body: members of objects and items of lists together."""

    DOCS_URL = Setting("")
    """URL of a copy of our reference pages, with a trailing slash.

    ``type`` of each problem and the hints of system checks link to it. Without it,
    ``type`` is ``about:blank``.
    """

    NO_PERSONAL_DATA = Setting[frozenset[str]](frozenset({"admin.LogEntry"}))
    """Models (``app.Model``) that reference users but hold no personal data."""


conf = CoreSettings()


def overrides() -> Mapping[str, Any]:
    """Return the host's ``STARTERKIT_OVERRIDES``."""
    return _settings_dict(OVERRIDES)


def swapped_in(setting: str) -> str:
    """Return the model that the host swapped in, as ``app.Model``."""
    return str(getattr(settings, setting))
