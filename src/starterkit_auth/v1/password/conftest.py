"""Fixtures for the tests of changing and resetting a password."""

import pytest
from django.urls import reverse

from starterkit_auth.services import user_addresses

NEW = "a rose is a rose is a"
FRONTEND = "https://app.example.com"


@pytest.fixture(autouse=True)
def frontend(tune):
    tune(FRONTEND_URL=FRONTEND)


@pytest.fixture
def address(member):
    """The address of ``member``."""
    return user_addresses.address_of(member)


@pytest.fixture
def ask(api):
    """Request a password reset: ``ask(email)`` is the response."""
    return lambda email: api.post(
        reverse("starterkit_auth:password-reset"), {"email": email}
    )


@pytest.fixture
def reset(api):
    """Confirm: ``reset(token=…)`` or ``reset(email=…, code=…)`` is the response."""

    def post(new_password=NEW, **body):
        url = reverse("starterkit_auth:password-reset-confirmation")
        return api.post(url, {**body, "new_password": new_password})

    return post


@pytest.fixture
def secrets_for(ask, mailbox, secrets_in):
    """Request and read the mail: ``secrets_for(email)`` has ``code`` and ``token``."""

    def read(email):
        ask(email)
        return secrets_in(mailbox[-1])

    return read


@pytest.fixture
def mailed(secrets_for, address):
    """Code and token of a mail that ``member`` has requested."""
    return secrets_for(address)


@pytest.fixture
def sign_in(api):
    """Sign in: ``sign_in(email, password)`` is the response."""

    def post(email, password=NEW):
        url = reverse("starterkit_auth:session")
        return api.post(url, {"email": email, "password": password})

    return post
