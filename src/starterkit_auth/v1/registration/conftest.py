"""What the tests of signing up and of confirming share."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_auth.services import addresses
from starterkit_core.ports import sign_up as port
from starterkit_core.testing.plugin import PASSWORD

FRONTEND = "https://app.example.com"
PARALLEL = 16
WAYS = ("code", "link", "elsewhere")
"""How a registration is confirmed; elsewhere is by link and password."""


@dataclass
class Waiting:
    """A registration that waits: its token, what was mailed, and the password."""

    registration_token: str
    code: str
    token: str
    password: str

    def by(self, way: str) -> dict[str, Any]:
        """Return the body that confirms it in one of ``WAYS``."""
        names = {
            "code": ("registration_token", "code"),
            "link": ("registration_token", "token"),
            "elsewhere": ("token", "password"),
        }
        return {name: getattr(self, name) for name in names[way]}


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
def ask(sign_up, mailbox, secrets_in):
    """Return a function that signs up, and returns what waits for its proof."""

    def register(email="ada@example.com", password=PASSWORD, **more):
        response = sign_up(email, password, **more)
        return waiting_of(response, secrets_in(mailbox[-1]), password)

    return register


def waiting_of(response, mailed, password=PASSWORD):
    """Return the registration of a response and its mail."""
    token = response.json()["registration_token"]
    return Waiting(token, mailed.code, mailed.token, password)


@pytest.fixture
def confirm(api):
    """Return a function that proves an address."""

    def post(**body):
        return api.post(reverse("starterkit_auth:registration-confirmation"), body)

    return post
