"""Fixtures for the tests of signing up and confirming."""

import re
from threading import Barrier, Thread
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.urls import reverse

from starterkit_auth.services import addresses
from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.ports import sign_up as port
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

FRONTEND = "https://app.example.com"
PARALLEL = 16


@pytest.fixture(autouse=True)
def frontend(settings):
    settings.STARTERKIT_AUTH = {"FRONTEND_URL": FRONTEND}


@pytest.fixture(autouse=True)
def no_requirements():
    """Unregister the sign-up requirements of other modules."""
    registered = port.requirements()
    for requirement in registered:
        port.unregister(requirement.name)
    forget_shared()
    yield
    for requirement in registered:
        port.register(requirement)
    forget_shared()


@pytest.fixture
def tune(settings):
    """Return a function that changes entries of ``STARTERKIT_AUTH``."""

    def change(**entries):
        settings.STARTERKIT_AUTH = {**settings.STARTERKIT_AUTH, **entries}

    return change


@pytest.fixture
def in_state(make_user):
    """Return a function that creates the account of an address in a given state."""

    def make(state, email):
        if state == "unknown":
            return
        user = make_user(**{get_user_model().get_email_field_name(): email})
        if state in {"verified", "unverified", "inactive"}:
            addresses.assign(user, email, verified=state == "verified")
        if state == "inactive":
            user.is_active = False
            user.save()

    return make


@pytest.fixture
def sign_up(api):
    """Return a function that signs up."""

    def post(email="ada@example.com", password=PASSWORD, **more):
        body = {"email": email, "password": password, **more}
        return api.post(reverse("starterkit_auth:registration"), body)

    return post


@pytest.fixture
def confirm(api):
    """Return a function that confirms with a code or a token."""

    def post(**body):
        return api.post(reverse("starterkit_auth:registration-confirmation"), body)

    return post


@pytest.fixture
def secrets_in():
    """Return a function that reads code and token from the text of a mail."""

    def read(mail):
        [code] = re.findall(r"^\d{6}$", mail.body, re.MULTILINE)
        [token] = re.findall(rf"{FRONTEND}/confirm\?token=(\S+)", mail.body)
        return SimpleNamespace(code=code, token=token)

    return read


@pytest.fixture
def at_once(transactional_db):
    """Return a function that runs a call in many threads and returns the results."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has one connection, so nothing runs at once")

    def run(call):
        start, answers = Barrier(PARALLEL), []

        def work(number):
            start.wait()
            try:
                answers.append(call(ApiClient(), number))
            finally:
                connection.close()

        threads = [Thread(target=work, args=(number,)) for number in range(PARALLEL)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    return run
