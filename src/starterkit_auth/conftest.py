"""Fixtures of this module's tests."""

import re
import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from model_bakery import baker

from starterkit_auth.models import session_model
from starterkit_auth.services import addresses, sessions
from starterkit_auth.use_cases.open_session import OpenSession, OpenSessionInput
from starterkit_core.testing.client import ApiClient
from starterkit_core.utils.client import NO_CLIENT


@pytest.fixture
def member(make_user):
    """A user with a verified address."""
    user = make_user()
    addresses.assign(user, addresses.address_of(user), verified=True)
    return user


@pytest.fixture
def tune(settings):
    """Return a function that changes entries of ``STARTERKIT_AUTH``."""

    def change(**entries):
        given = getattr(settings, "STARTERKIT_AUTH", {})
        settings.STARTERKIT_AUTH = {**given, **entries}

    return change


@pytest.fixture
def secrets_in():
    """Return a function that reads code and token from the text of a mail."""

    def read(mail):
        [code] = re.findall(r"^\d{6}$", mail.body, re.MULTILINE)
        [token] = re.findall(r"^https://\S+\?token=(\S+)$", mail.body, re.MULTILINE)
        return SimpleNamespace(code=code, token=token)

    return read


def open_session(user, transport="bearer", **columns):
    """Open a session for ``user``; extra columns of a swapped model are filled."""
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
    """Call the API with the cookie of a session, as a same-origin page."""

    def make(opened=None, **headers):
        client = ApiClient()
        client.credentials(**(headers or {"HTTP_SEC_FETCH_SITE": "same-origin"}))
        if opened:
            client.cookies["__Host-starterkit"] = opened.cookie
        return client

    return make


@pytest.fixture
def calling(bearer, browser) -> Callable[[Any], ApiClient]:
    """Call the API with an opened session, by its own transport."""
    return lambda opened: (
        browser(opened) if opened.cookie else bearer(opened.access_token)
    )


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run ``task(number)`` in many threads that start together; needs PostgreSQL."""
    if connection.vendor != "postgresql":
        pytest.skip("Races are run on PostgreSQL: SQLite has one writer.")

    def run(times, task):
        barrier, results = threading.Barrier(times), []

        def take_part(number):
            barrier.wait()
            try:
                results.append(task(number))
            finally:
                connection.close()

        threads = [threading.Thread(target=take_part, args=[n]) for n in range(times)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(results) == times
        return results

    return run
