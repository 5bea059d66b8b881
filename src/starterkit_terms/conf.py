"""What a host project may tune in terms."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from django.conf import settings

from starterkit_core.conf import AppSettings, Setting
from starterkit_core.services.limits import rate

TRACE_POLICIES = frozenset({"off", "truncated", "hashed", "full"})

VISITORS_MAY = frozenset({"off", "consents", "all"})
"""Values of ``VISITOR_ACTS``."""


NO_NOTICE = timedelta()

LONGEST_AUDIENCE = 50
"""Letters of the name of an audience; the column of a document holds so many."""


def is_notice(value: Any) -> bool:
    """Return whether ``value`` is a time, or one for each of some natures."""
    times = [*value.values()] if isinstance(value, Mapping) else [value]
    return all(isinstance(it, timedelta) and it >= NO_NOTICE for it in times)


def are_audiences(value: Any) -> bool:
    """Return whether ``value`` has a path for each name that a document can have."""
    return all(
        isinstance(name, str)
        and 0 < len(name) <= LONGEST_AUDIENCE
        and isinstance(path, str)
        for name, path in value.items()
    )


class TermsSettings(AppSettings):
    """What a host project may tune in this app."""

    namespace = "STARTERKIT_TERMS"

    REQUIRED_AT_SIGN_UP = Setting(default=True)
    """Whether a sign-up must accept every mandatory document that is in force."""

    CLIENT_TRACES = Setting(
        "truncated",
        accepts=lambda policy: policy in TRACE_POLICIES,
        expects="'off', 'truncated', 'hashed' or 'full'",
    )
    """How much is saved about the client as evidence. ``off``: only the request
    id. ``truncated``: the network (/24 or /48) of the address, and the user agent with
    major versions only. ``hashed``: keyed hashes of both, which can only be compared.
    ``full``: all of it.
    """

    AUTHENTICATION_CLASSES = Setting[tuple[str, ...]](())
    """Authenticators of DRF, as dotted paths, that ``pending/`` and ``acceptances/``
    also take, after those of ``REST_FRAMEWORK``. Users whom they sign in can accept, so
    a gate before the whole project also stops them.
    """

    REQUIRED_LOCALES = Setting[tuple[str, ...]](())
    """Languages, such as ``"en"``, without a text in which no version is published."""

    NOTICE_PERIOD = Setting[timedelta | Mapping[str, timedelta]](
        NO_NOTICE,
        accepts=is_notice,
        expects="zero or more, or a dict of that by nature",
        kinds=(timedelta, dict),
    )
    """Shortest time from the announcement of a new version until it is enforced, or
    takes effect if users are only informed; a dict has one for each nature, such as
    ``{"contract": timedelta(days=30)}``. First versions and silent changes need none.
    """

    NOTICE_URL = Setting(
        "", example="https://example.com/legal/{document}/{number}?lang={locale}"
    )
    """URL of your page with the text, for notices of a new version; they have no link
    without it. ``{document}`` is its key, ``{number}`` the version, ``{locale}`` the
    language of the text.
    """

    NOTICE_BATCH = Setting(200, accepts=lambda size: size > 0, expects="one or more")
    """How many users are told of a new version in one transaction, by one task."""

    FOUR_EYES = Setting(default=False)
    """Whether a user cannot publish a version of which they wrote a part.

    Then code that names no actor publishes only what has no authors, as texts in files.
    """

    FROZEN_MAX_AGE = Setting(
        timedelta(days=30),
        accepts=lambda age: age >= timedelta(),
        expects="zero or more",
    )
    """``max-age`` of what cannot change: one version, and the difference of two."""

    DOCUMENTS_MAX_AGE = Setting(
        timedelta(minutes=1),
        accepts=lambda age: age >= timedelta(),
        expects="zero or more",
    )
    """``max-age`` of GET documents/; a new version can show up this much later."""

    AUDIENCES = Setting[Mapping[str, str]](
        MappingProxyType({}),
        accepts=are_audiences,
        expects="a dict of dotted paths by name, of 1 to 50 letters each",
        example={"staff": "shop.terms.is_staff"},
        kinds=(dict,),
    )
    """Whom a document can be for, by name: the dotted path of a callable that takes a
    user and returns whether the document is for them. It is asked at each request, so
    let it read columns of the user. One that fails counts as yes.
    """

    ACCEPT_PAGE = Setting("", example="accept-terms")
    """URL or name of a URL of your page on which users accept, for browsers.

    ``TermsMiddleware`` and ``require_terms()`` redirect to it, with ``next``. Without
    it, they answer with a problem document.
    """

    OPEN_PAGES = Setting[tuple[str, ...]](("admin", "login", "logout", "set_language"))
    """Names of URLs, and namespaces, that ``TermsMiddleware`` leaves open."""

    EVIDENCE_RETENTION = Setting(
        timedelta(days=3_653),
        accepts=lambda age: age >= timedelta(),
        expects="zero or more",
    )
    """How long ``terms_prune`` keeps acts of users who were erased, from then on. Ten
    years outlast the longest ordinary limitation of claims in Germany (§ 199 BGB) and
    in Brazil (article 205 of the Código Civil); ask a lawyer what your own law wants.
    """

    VISITOR_ACTS = Setting(
        "off",
        accepts=lambda value: value in VISITORS_MAY,
        expects="'off', 'consents' or 'all'",
    )
    """What a client without an account may do, to be bound to an account later.

    ``consents``: decide on consents. ``all``: accept documents, too. Only what is for
    everybody; what has an audience needs an account.
    """

    VISITOR_MAX_AGE = Setting(
        timedelta(days=30),
        accepts=lambda age: age > timedelta(),
        expects="more than zero",
    )
    """How long the acts of a visitor can be bound; then the purge deletes them."""

    VISITOR_LIMIT = rate("60/1h")
    """Acts of visitors from one network address (a /64 of IPv6)."""


conf = TermsSettings()


def notice_period(nature: str) -> timedelta:
    """Return the shortest notice for documents of this nature."""
    period = conf.NOTICE_PERIOD
    if isinstance(period, timedelta):
        return period
    return period.get(nature, NO_NOTICE)


def default_locale() -> str:
    """Return the language to show if there is a text in none of the wanted ones."""
    return settings.LANGUAGE_CODE.lower()
