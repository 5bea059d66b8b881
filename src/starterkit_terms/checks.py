"""System checks of this app.

E001  an authenticator in AUTHENTICATION_CLASSES cannot be imported, or is none
E002  ACCEPT_PAGE is no URL and no name of one
E003  TermsMiddleware comes before the middleware that finds the user
E004  a policy in AUDIENCES cannot be imported, or cannot be called
W001  the gate costs a query for each request
"""

from typing import Any

from django.core.cache import InvalidCacheBackendError, caches
from django.core.cache.backends.db import BaseDatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.checks import CheckMessage, register
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch
from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication

from starterkit_core.checks.messages import error, warning
from starterkit_core.conf import conf as core
from starterkit_core.conf import middleware, root_urlconf
from starterkit_terms.conf import conf
from starterkit_terms.services import standing


@register("starterkit")
def check_authenticators(**kwargs: Any) -> list[CheckMessage]:
    """E001: otherwise the first request to accept would find out."""
    text = "STARTERKIT_TERMS['AUTHENTICATION_CLASSES'] names {!r}, no authenticator."
    hint = "Name a class such as 'rest_framework.authentication.SessionAuthentication'."
    return [
        error("starterkit_terms.E001", text.format(path), hint)
        for path in conf.AUTHENTICATION_CLASSES
        if not _is_authenticator(path)
    ]


def _is_authenticator(path: str) -> bool:
    try:
        found = import_string(path)
    except ImportError:
        return False
    return isinstance(found, type) and issubclass(found, BaseAuthentication)


@register("starterkit")
def check_accept_page(**kwargs: Any) -> list[CheckMessage]:
    """E002: otherwise the first user who has to accept would get a 500."""
    page = conf.ACCEPT_PAGE
    try:
        if page and root_urlconf():
            resolve_url(page)
    except NoReverseMatch:
        text = f"STARTERKIT_TERMS['ACCEPT_PAGE'] = {page!r} is no URL of this project."
        hint = "Write a path such as '/terms/', or the name of a URL."
        return [error("starterkit_terms.E002", text, hint)]
    return []


MIDDLEWARE = "starterkit_terms.middleware.TermsMiddleware"
FINDS_USER = "django.contrib.auth.middleware.AuthenticationMiddleware"


@register("starterkit")
def check_middleware(**kwargs: Any) -> list[CheckMessage]:
    """E003: there every user would be a visitor, whom the gate lets through."""
    listed = middleware()
    if MIDDLEWARE not in listed or FINDS_USER not in listed:
        return []
    if listed.index(FINDS_USER) < listed.index(MIDDLEWARE):
        return []
    text = "TermsMiddleware lets everybody through: it is listed before Django's."
    hint = f"Put it after {FINDS_USER!r} in MIDDLEWARE."
    return [error("starterkit_terms.E003", text, hint)]


@register("starterkit")
def check_audiences(**kwargs: Any) -> list[CheckMessage]:
    """E004: the documents of the audience would be asked of every user."""
    text = "STARTERKIT_TERMS['AUDIENCES'][{!r}] is no policy: {!r}."
    hint = "Name a callable that takes a user, such as 'shop.terms.is_staff'."
    return [
        error("starterkit_terms.E004", text.format(name, path), hint)
        for name, path in conf.AUDIENCES.items()
        if not _is_callable(path)
    ]


def _is_callable(path: str) -> bool:
    try:
        return callable(import_string(path))
    except ImportError:
        return False


@register("starterkit")
def check_cost_of_gate(**kwargs: Any) -> list[CheckMessage]:
    """W001: without a column and a cache, the gate asks the database each time."""
    if standing.has_column() or not _costs_a_query(core.CACHE_ALIAS):
        return []
    text = "Each request behind the gate costs a query for the terms."
    hint = (
        "Let your user model inherit from starterkit_terms.models.TermsStateMixin: no "
        "query and no cache. Or name a cache in memory, such as Redis, in "
        "STARTERKIT_CORE['CACHE_ALIAS']: one read of the cache."
    )
    return [warning("starterkit_terms.W001", text, hint)]


def _costs_a_query(alias: str) -> bool:
    """Return whether the cache keeps no value, or is itself a table."""
    try:
        cache = caches[alias]
    except InvalidCacheBackendError:
        return False  # E014 of core says so
    return isinstance(cache, (DummyCache, BaseDatabaseCache))
