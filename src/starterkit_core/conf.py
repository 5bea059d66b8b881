"""Typed, live settings: one dict per module, read at each access."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar, Generic, ParamSpec, Self, TypeVar, cast, overload

from django.conf import settings
from django.core.signals import setting_changed

P = ParamSpec("P")
T = TypeVar("T")


def positive(value: float | timedelta) -> bool:
    """Say whether a number or a length of time is more than nothing."""
    return bool(value) and value == abs(value)


def until_settings_change(function: Callable[P, T]) -> Callable[P, T]:
    """Keep what ``function`` makes of the settings until one changes, as in tests."""
    kept = cache(function)

    def forget(**kwargs: Any) -> None:
        kept.cache_clear()

    setting_changed.connect(forget, weak=False)
    return cast("Callable[P, T]", kept)


@until_settings_change
def _looked_up(name: str) -> Mapping[str, Any]:
    """Return a dict of the settings; a request asks for one a dozen times.

    Looking is slow in Django, and slowest for what is not there.
    """
    found: Mapping[str, Any] = getattr(settings, name, {})
    return found


class Setting(Generic[T]):
    """One entry of a module's dict, with its default.

    ``accepts`` judges a value that has the right type; ``expects`` says in words
    what it wants, for the system check.
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
        """Say what is wrong with ``value``, or nothing."""
        fits = isinstance(value, self._types())
        lies = isinstance(value, bool) and not isinstance(self.default, bool)
        if lies or not fits:
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
    """A typed window on one dict in Django's settings."""

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
        """Return what the host wrote, as it is now."""
        return _looked_up(cls.namespace)

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
    """The name of the product, as people read it in mails."""

    API_PREFIX = Setting("/api/")
    """Below this path, what no view answered is answered as a problem document."""

    TRUSTED_PROXIES = Setting(
        0, accepts=lambda number: number >= 0, expects="zero or more"
    )
    """How many proxies of yours stand in front and add to ``X-Forwarded-For``."""

    CACHE_ALIAS = Setting("default")
    """The cache that counts for the rate limits; every server must share it."""

    MAX_BODY_BYTES = Setting(1_000_000, accepts=positive, expects="more than zero")
    """Longest JSON body that an endpoint reads, in bytes."""

    MAX_JSON_DEPTH = Setting(32, accepts=positive, expects="more than zero")
    """Deepest nesting of a JSON body."""

    DOCS_URL = Setting("")
    """Where a copy of our reference pages is served, with a slash at the end.

    ``type`` of each problem and the hints of system checks point there. Without it,
    ``type`` is ``about:blank``.
    """

    NO_PERSONAL_DATA = Setting[frozenset[str]](frozenset({"admin.LogEntry"}))
    """Models (``app.Model``) that point at users and hold nothing about them."""


conf = CoreSettings()


def overrides() -> Mapping[str, Any]:
    """Return the host's ``STARTERKIT_OVERRIDES`` as it is now."""
    return _looked_up("STARTERKIT_OVERRIDES")


def swapped_in(setting: str) -> str:
    """Return the model that the host swapped in, as ``app.Model``."""
    return str(getattr(settings, setting))
