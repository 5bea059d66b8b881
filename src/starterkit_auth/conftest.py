"""Fixtures of this module's tests."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.utils import timezone
from model_bakery import baker

from starterkit_auth.models import session_model
from starterkit_auth.services import addresses, sessions, user_addresses
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_core.testing.client import ApiClient
from starterkit_core.utils.client import NO_CLIENT
from starterkit_core.utils.uuid7 import first_id_at, uuid7

NEED_ADDRESS = (
    "services/tests_addresses.py",
    "tests_backends.py",
    "tests_django_signals.py",
    "tests_suspension.py",
    "tests_unlocking.py",
    "tests_user_filters.py",
    "use_cases/tests_import_addresses.py",
    "use_cases/tests_keep_address.py",
    "use_cases/tests_send_confirmation.py",
    "v1/email/",
    "v1/password/reset/",
    "v1/registration/",
    "v1/session/post/",
)
"""Files and folders whose tests sign in by an address, or are about the column."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what the check E004 refuses, where the user model has no address.

    A single test that needs one has the mark ``needs_address``. All else of this module
    works with users who sign in otherwise; see also ``tests/hosts/phone_sign_in``.
    """
    if user_addresses.has_email_field(get_user_model()):
        return
    here, reason = Path(__file__).parent, "starterkit_auth.E004: there is no address."
    for item in items:
        is_ours = item.path.is_relative_to(here)
        place = item.path.relative_to(here).as_posix() if is_ours else ""
        is_whole = place.startswith(NEED_ADDRESS)
        if is_whole or (is_ours and item.get_closest_marker("needs_address")):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture
def member(make_user):
    """A user whose address is proven; without a column, only our table has it."""
    user = make_user()
    address = user_addresses.address_of(user) or f"person{uuid7().hex}@example.com"
    addresses.assign(user, address, verified=True)
    return user


@pytest.fixture
def tune(tuner):
    """Return a function that changes entries of ``STARTERKIT_AUTH``."""
    return tuner("STARTERKIT_AUTH")


def read_secrets(mail):
    """Return code and token in a mail, each ``""`` if there is none."""
    codes = re.findall(r"^\d{6}$", mail.body, re.MULTILINE)
    tokens = re.findall(r"\b(skl_[\w-]+)", mail.body)
    return SimpleNamespace(code="".join(codes), token="".join(tokens[:1]))


@pytest.fixture
def secrets_in():
    """Return a function that reads code and token in a mail."""
    return read_secrets


def open_session(user, transport="bearer", **columns):
    """Open a session for ``user``; columns of a swapped model are filled."""
    given = OpenSessionInput(
        user=user, client=NO_CLIENT, transport=transport, method="password"
    )
    fields = OpenSession(given).session_fields() | columns
    return sessions.issue(baker.make(session_model(), **fields))


@pytest.fixture
def open_for() -> Callable[..., Any]:
    """Open a session: ``open_for(user, "cookie", **columns)``."""
    return open_session


@pytest.fixture
def id_of() -> Callable[[timedelta], UUID]:
    """Return a function that makes an id as a row got so long ago."""

    def make(ago):
        first = first_id_at(timezone.now() - ago)
        return UUID(int=first.int | uuid7().int & 0xFFFF_FFFF)

    return make


@pytest.fixture
def opened(member, open_for):
    """A session of ``member`` with tokens."""
    return open_for(member)


@pytest.fixture
def bearer() -> Callable[[str], ApiClient]:
    """Call the API with a token in the Authorization header."""

    def make(token):
        client = ApiClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return make


@pytest.fixture
def browser() -> Callable[..., ApiClient]:
    """Call the API with the cookie of a session, from a page of ours."""

    def make(opened=None, **headers):
        client = ApiClient()
        client.credentials(**(headers or {"HTTP_SEC_FETCH_SITE": "same-origin"}))
        if opened:
            client.cookies["__Host-starterkit"] = opened.cookie
        return client

    return make


@pytest.fixture
def repeatable_reads() -> Callable[[], None]:
    """Isolate the connection of the thread that calls this as a host project may."""

    def isolate() -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET default_transaction_isolation TO 'repeatable read'")

    return isolate


@pytest.fixture
def calling(bearer, browser) -> Callable[[Any], ApiClient]:
    """Call the API with an opened session, however it travels."""
    return lambda opened: (
        browser(opened) if opened.cookie else bearer(opened.access_token)
    )
