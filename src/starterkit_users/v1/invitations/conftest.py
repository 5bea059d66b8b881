"""What the tests of invitations share."""

import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.ports import sign_up as port
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import invitation_model
from starterkit_users.services import user_rows

EMAIL = "grace@example.com"


@pytest.fixture(autouse=True)
def frontend(tuner, with_addresses):
    tuner("STARTERKIT_USERS")(FRONTEND_URL="https://app.example.com")


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
def inviter(make_user):
    """An administrator who may do all with invitations; neither staff nor more."""
    user, options = make_user(), invitation_model()._meta
    acts = [f"{act}_{options.model_name}" for act in ("view", "add", "change")]
    permissions = rows_of(Permission).filter(
        content_type__app_label=options.app_label, codename__in=acts
    )
    user.user_permissions.add(*permissions)
    return user


@pytest.fixture
def ask(client_of, inviter):
    """Return a function that asks for an invitation, and returns the answer."""

    def post(email=EMAIL, by=inviter, **fields):
        url = reverse("starterkit_users:invitations")
        return client_of(by).post(url, {"email": email, **fields})

    return post


@pytest.fixture
def invite(ask, mailbox):
    """Return a function that invites, and returns the invitation and its token."""

    def run(email=EMAIL, **fields):
        response = ask(email, **fields)
        assert response.status_code == 201, response.content
        return response.json(), token_in(mailbox[-1])

    return run


@pytest.fixture
def accept(api):
    """Return a function that accepts an invitation, and returns the answer."""

    def post(token, password=PASSWORD, **fields):
        url = reverse("starterkit_users:invitations-acceptance")
        return api.post(url, {"token": token, "password": password, **fields})

    return post


@pytest.fixture
def revoke(client_of, inviter):
    """Return a function that revokes an invitation, and returns the answer."""

    def delete(invitation, by=inviter):
        name = "starterkit_users:invitations-invitation-id"
        return client_of(by).delete(reverse(name, args=[invitation["id"]]))

    return delete


@pytest.fixture
def resend(client_of, inviter):
    """Return a function that sends an invitation again, and returns the answer."""

    def post(invitation, by=inviter):
        name = "starterkit_users:invitations-invitation-id-mail"
        return client_of(by).post(reverse(name, args=[invitation["id"]]))

    return post


@pytest.fixture
def invited():
    """Return a function that returns the account of an address as saved, or None."""

    def read(email=EMAIL):
        field = get_user_model().get_email_field_name()
        return user_rows.all_users().filter(**{field: email}).first()

    return read


def token_in(mail):
    """Return the token in the link of a mail."""
    [token] = re.findall(r"/invitation\?token=(skn_[\w=-]+)", mail.body)
    return token
