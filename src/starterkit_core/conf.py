"""Typed settings: one dict per module, read when first used.

It is read again after ``override_settings``, also that of pytest-django's ``settings``.
A change in place, as in ``settings.STARTERKIT_CORE["SITE_NAME"] = …``, goes unseen.
"""

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from functools import cache
from ipaddress import ip_network
from typing import Any, ClassVar, Generic, ParamSpec, Self, TypeVar, cast, overload
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.core.signals import setting_changed

OVERRIDES = "STARTERKIT_OVERRIDES"
"""The Django setting with the replacements of a host."""

P = ParamSpec("P")
T = TypeVar("T")

SMTP_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
"""Django's default backend for mails."""

SHORTEST_TOKEN = 20
"""Fewest characters of a secret that a project chooses for a program."""


def positive(value: float | timedelta) -> bool:
    """Return whether a number or a duration is greater than zero."""
    return bool(value) and value == abs(value)


def is_absolute(url: str) -> bool:
    """Return whether ``url`` begins with a scheme, such as that of an app."""
    return bool(urlsplit(url).scheme) and "://" in url


def is_link(url: str) -> bool:
    """Return whether ``url`` is a template of a link in a mail."""
    return "{token}" in url and is_absolute(url.replace("{frontend}", "https://x"))


def is_path_or_paths(value: Any) -> bool:
    """Return whether ``value`` is ``/``, a path such as ``/api/``, or some of them."""
    paths: Any = [value] if isinstance(value, str) else value
    return bool(paths) and all(
        isinstance(path, str) and path.startswith("/") and path.endswith("/")
        for path in paths
    )


def are_networks(values: Iterable[Any]) -> bool:
    """Return whether each value is a network in CIDR notation, or an address."""
    try:
        return all(isinstance(value, str) and ip_network(value) for value in values)
    except ValueError:
        return False


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
    values, for the message of the system check. ``kinds`` are its types, if they are
    not those of the default; ``example`` is a value to show if the default says little.
    """

    def __init__(
        self,
        default: T,
        *,
        accepts: Callable[[T], bool] | None = None,
        expects: str = "",
        kinds: tuple[type, ...] = (),
        example: T | None = None,
    ) -> None:
        self.default = default
        self.accepts = accepts
        self.expects = expects
        self.kinds = kinds
        self.example = default if example is None else example

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
        if self.kinds:
            return self.kinds
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

    API_PREFIX = Setting[str | list[str] | tuple[str, ...]](
        "/api/",
        accepts=is_path_or_paths,
        expects="a path such as '/api/', or a list of them",
        kinds=(str, list, tuple),
    )
    """Path below which errors that no view answered become problem documents.

    A list if there are several, such as ``["/en/api/", "/pt-br/api/"]`` for an API
    within ``i18n_patterns()``. Without ``SCRIPT_NAME``, such as that of a sub-folder.
    """

    TRUSTED_PROXIES = Setting(
        0, accepts=lambda number: number >= 0, expects="zero or more"
    )
    """How many reverse proxies of yours append to ``X-Forwarded-For``."""

    LOG_ADDRESS = Setting(
        "truncated",
        accepts=lambda precision: precision in {"truncated", "full", "off"},
        expects="'truncated', 'full' or 'off'",
    )
    """How the line of a request shows the client's IP address.

    Truncated is to /24 and /48.
    """

    EMAIL_RULE = Setting("", example="starterkit_core.addresses.known_providers")
    """Dotted path of the rule by which several addresses are one mailbox.

    It gets local part and domain, and returns the local part without dots or tag. There
    are ``known_providers`` and ``without_tags`` in ``starterkit_core.addresses``. Run
    ``manage.py starterkit_addresses`` before you change it, and with ``--apply`` after.
    """

    CACHE_ALIAS = Setting("default")
    """The cache with the counters of the rate limits; all servers must share it."""

    MAX_BODY_BYTES = Setting(1_000_000, accepts=positive, expects="more than zero")
    """Longest JSON body that an endpoint reads, in bytes."""

    MAX_URL_LENGTH = Setting(8_000, accepts=positive, expects="more than zero")
    """Most characters of path and query below ``API_PREFIX``; a longer URL is 414."""

    MAX_HEADER_BYTES = Setting(32_000, accepts=positive, expects="more than zero")
    """Most bytes of all headers below ``API_PREFIX``, with cookies; more is 431."""

    MAX_HEADERS = Setting(100, accepts=positive, expects="more than zero")
    """Most headers of a request below ``API_PREFIX``; more is 431."""

    MAX_JSON_DEPTH = Setting(32, accepts=positive, expects="more than zero")
    """Deepest nesting of a JSON body."""

    MAX_JSON_VALUES = Setting(1_000, accepts=positive, expects="more than zero")
    """Most values in a JSON body: members of objects and items of lists together."""

    MAX_LIST_ITEMS = Setting(100, accepts=positive, expects="more than zero")
    """Most items of a list of a request whose field has no ``max_length``."""

    TASK_ABANDONED_AFTER = Setting(
        timedelta(minutes=1),
        accepts=lambda silence: silence >= timedelta(seconds=1),
        expects="a second or more",
    )
    """How long a worker may be silent before its task is given to another one.

    Of the workers that ``manage.py starterkit_worker`` starts, each says six times in
    this time that it is alive. A task of any other worker must end sooner.
    """

    IDEMPOTENCY_KEY_LIFETIME = Setting(
        timedelta(hours=24), accepts=positive, expects="more than zero"
    )
    """How long an answer is kept, to be sent again to a retry with the same key."""

    IDEMPOTENCY_KEYS_PER_USER = Setting(
        1_000, accepts=positive, expects="more than zero"
    )
    """How many such answers a user may have at once; about so many, in parallel."""

    DOCS_URL = Setting(
        "",
        accepts=lambda url: not url or (is_absolute(url) and url.endswith("/")),
        expects="empty, or a URL with a scheme and a slash at its end",
        example="https://docs.example.com/",
    )
    """URL of a copy of our reference pages, with a trailing slash.

    ``type`` of each problem and the hints of system checks link to it. Without it,
    ``type`` is ``about:blank``.
    """

    NO_PERSONAL_DATA = Setting[frozenset[str]](frozenset({"admin.LogEntry"}))
    """Models (``app.Model``) that reference users but hold no personal data."""

    READY_REQUIRES = Setting[frozenset[str]](frozenset({"database", "migrations"}))
    """The checks that must be well, or ``/readyz`` answers 503.

    There are ``database``, ``migrations``, ``cache``, ``tasks``, and those that the
    project registers. Require only what no request can do without: what all processes
    share takes all of them from the load balancer when it fails.
    """

    HEALTH_TOKEN = Setting(
        "",
        accepts=lambda token: not token or len(token) >= SHORTEST_TOKEN,
        expects=f"empty, or at least {SHORTEST_TOKEN} characters",
    )
    """Clients that send it as ``Authorization: Bearer`` see details of ``/readyz``."""

    HEALTH_NETWORKS = Setting[tuple[str, ...]](
        (),
        accepts=are_networks,
        expects="networks in CIDR notation",
        example=("10.0.0.0/8", "fd00::/8"),
    )
    """Networks (``10.0.0.0/8``) whose clients see the details of ``/readyz``.

    Behind a proxy, ``TRUSTED_PROXIES`` has to count it: otherwise its address is that
    of every client.
    """

    MAX_TASK_AGE = Setting(
        timedelta(minutes=5), accepts=positive, expects="longer than zero"
    )
    """How long a task may be due before the check ``tasks`` fails.

    Then there are too few workers, or none.
    """


conf = CoreSettings()


def api_prefixes() -> tuple[str, ...]:
    """Return every path below which the API lies."""
    given = conf.API_PREFIX
    return (given,) if isinstance(given, str) else tuple(given)


def overrides() -> Mapping[str, Any]:
    """Return the host's ``STARTERKIT_OVERRIDES``."""
    return _settings_dict(OVERRIDES)


def has_setting(name: str) -> bool:
    """Return whether the project has a setting of another app."""
    return hasattr(settings, name)


def secret_keys() -> list[str]:
    """Return ``SECRET_KEY``, then the former ones in ``SECRET_KEY_FALLBACKS``."""
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def debugging() -> bool:
    """Return whether the project runs in debug mode."""
    return bool(settings.DEBUG)


def allowed_hosts() -> list[str]:
    """Return the hosts that a request may name."""
    return list(settings.ALLOWED_HOSTS)


def has_https_header() -> bool:
    """Return whether a proxy says in a header that the client came by HTTPS."""
    return bool(settings.SECURE_PROXY_SSL_HEADER)


def served_folders() -> dict[str, str]:
    """Return the folders that a server hands out, by the name of their setting."""
    names = ("MEDIA_ROOT", "STATIC_ROOT")
    return {name: str(found) for name in names if (found := getattr(settings, name))}


def cookies_of_django(kind: str) -> dict[str, Any]:
    """Return name and attributes of Django's cookie ``SESSION`` or ``CSRF``."""
    names = ("NAME", "SECURE", "DOMAIN", "PATH")
    return {name: getattr(settings, f"{kind}_COOKIE_{name}") for name in names}


def middleware() -> list[str]:
    """Return the dotted paths in ``MIDDLEWARE``."""
    return list(settings.MIDDLEWARE)


def root_urlconf() -> str:
    """Return the module of the project's URLs, or ``""`` if it names none."""
    return str(getattr(settings, "ROOT_URLCONF", None) or "")


def languages() -> list[str]:
    """Return the code of each language of the project."""
    return [code for code, _ in settings.LANGUAGES]


def default_language() -> str:
    """Return the code of the project's own language, which need not be in the list."""
    return str(settings.LANGUAGE_CODE)


def mail_backend() -> str:
    """Return the path of the backend that sends mails, or ``""`` if none was chosen."""
    if django.VERSION >= (6, 1) and hasattr(settings, "MAILERS"):
        mailer: Mapping[str, Any] | None = settings.MAILERS.get("default")
        return "" if mailer is None else str(mailer.get("BACKEND", SMTP_BACKEND))
    chosen = settings.is_overridden  # type: ignore[misc]  # LazySettings has it
    if not (chosen("EMAIL_BACKEND") or chosen("EMAIL_HOST")):
        return ""
    with warnings.catch_warnings():  # Django 6.1 deprecates the setting
        warnings.simplefilter("ignore")
        return str(getattr(settings, "EMAIL_BACKEND", ""))


def names_of_settings(prefix: str) -> list[str]:
    """Return the name of each setting of the project that begins with ``prefix``."""
    return sorted(name for name in dir(settings) if name.startswith(prefix))


def swapped_in(setting: str) -> str:
    """Return the model that the host swapped in, as ``app.Model``."""
    return str(getattr(settings, setting))
