"""Fixtures for the tests of changing an address."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_auth.services import addresses
from starterkit_core.testing.client import ApiClient

FRONTEND = "https://app.example.com"
FORMER, NEW = "ada@example.com", "Lovelace@Example.org"
URL = reverse("starterkit_auth:email-change")
CONFIRMATION = reverse("starterkit_auth:email-change-confirmation")
REVERSAL = reverse("starterkit_auth:email-change-reversal")


@pytest.fixture(autouse=True)
def frontend(tune):
    tune(FRONTEND_URL=FRONTEND)


@pytest.fixture
def make_member(make_user):
    """Return a function that creates a user with a proven (or unproven) address."""

    def make(email, *, verified=True):
        user = make_user(**{get_user_model().get_email_field_name(): email})
        addresses.assign(user, email, verified=verified)
        return user

    return make


@pytest.fixture
def member(make_member):
    """Ada, whose address is proven."""
    return make_member(FORMER)


@dataclass
class Change:
    """Requests about Ada's address, by default in the session ``opened``."""

    opened: Any
    calling: Any
    mailbox: list
    secrets_in: Any

    def ask(self, email=NEW, session=None, **more):
        return self.post(session, URL, {"email": email, **more})

    def by_code(self, code, session=None):
        return self.post(session, CONFIRMATION, {"code": code})

    def post(self, session, url, body):
        return self.calling(session or self.opened).post(url, body)

    def confirm(self, token):
        """Send a token without a credential."""
        return ApiClient().post(CONFIRMATION, {"token": token})

    def undo(self, token):
        return ApiClient().post(REVERSAL, {"token": token})

    @property
    def mail(self):
        return self.mailbox[-1]

    @property
    def mailed(self):
        """Code and token of the last mail, which went to the new address."""
        return self.secrets_in(self.mail)

    @property
    def way_back(self):
        """Token of the last mail, which went to the former address."""
        pattern = rf"{FRONTEND}/undo-email-change\?token=(\S+)"
        [token] = re.findall(pattern, self.mail.body)
        return token

    @property
    def address(self):
        """The address that the user model has."""
        user = get_user_model()._base_manager.get(pk=self.opened.user.pk)
        return addresses.mailbox_of(user)


@pytest.fixture
def change(opened, calling, mailbox, secrets_in):
    """Request, confirm and undo a change of address, and read the result."""
    return Change(opened, calling, mailbox, secrets_in)


@pytest.fixture
def mailed(change):
    """Request the new address, and return the code and token of its mail."""
    change.ask()
    return change.mailed


@pytest.fixture
def changed(change, mailed):
    """Change the address, and return the token that undoes it."""
    assert change.confirm(mailed.token).status_code == 200
    return change.way_back
