"""What the tests of signing up and of confirming share."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_auth.services import addresses
from starterkit_core.ports import sign_up as port
from starterkit_core.testing.plugin import PASSWORD

FRONTEND = "https://app.example.com"
PARALLEL = 16


@pytest.fixture(autouse=True)
def frontend(tune):
    tune(FRONTEND_URL=FRONTEND)


@pytest.fixture(autouse=True)
def no_requirements():
    """Ask for nothing that other modules of the project ask for at sign-up."""
    registered = port.requirements()
    for requirement in registered:
        port.unregister(requirement.name)
    yield
    for requirement in registered:
        port.register(requirement)


@pytest.fixture
def in_state(make_user):
    """Return a function that brings an address into one of its states."""

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
    """Return a function that asks for an account."""

    def post(email="ada@example.com", password=PASSWORD, **more):
        body = {"email": email, "password": password, **more}
        return api.post(reverse("starterkit_auth:registration"), body)

    return post


@pytest.fixture
def confirm(api):
    """Return a function that sends a code or a token back."""

    def post(**body):
        return api.post(reverse("starterkit_auth:registration-confirmation"), body)

    return post
