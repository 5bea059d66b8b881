"""Invitations in the administration: read-only, with two actions."""

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_users.admin import InvitationAdmin
from starterkit_users.models import invitation_model
from starterkit_users.services import user_rows

MODEL = invitation_model()
OPTIONS = MODEL._meta
LIST = f"admin:{OPTIONS.app_label}_{OPTIONS.model_name}_changelist"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not isinstance(admin.site._registry.get(MODEL), InvitationAdmin),
        reason="a host registers its own model",
    ),
]


@pytest.fixture
def invite(client_of, make_user):
    """Return a function that invites an address, and returns the row."""

    def run(email="grace@example.com"):
        chief = make_user(is_superuser=True)
        url = reverse("starterkit_users:invitations")
        response = client_of(chief).post(url, {"email": email})
        return rows_of(MODEL).get(pk=response.json()["id"])

    return run


@pytest.fixture
def office(make_user):
    """Return a client of a staff member with these permissions on invitations."""

    def sign_in(*acts):
        user = make_user(is_staff=True)
        names = [f"{act}_{OPTIONS.model_name}" for act in acts]
        user.user_permissions.add(*rows_of(Permission).filter(codename__in=names))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


def act(client, action, *rows):
    keys = [str(row.pk) for row in rows]
    body = {"action": action, ACTION_CHECKBOX_NAME: keys}
    return client.post(reverse(LIST), body, follow=True)


def test_lists_them_read_only(invite, office):
    row, client = invite(), office("view")

    page = client.get(reverse(LIST), {"q": row.address})
    change = reverse(LIST.replace("changelist", "change"), args=[row.pk])

    assert page.context["cl"].result_list[0] == row
    assert client.get(change).status_code == 200
    assert client.post(change, {"address": "x@example.com"}).status_code == 403


def test_sends_them_again(invite, office, mailbox, django_capture_on_commit_callbacks):
    row = invite()

    with django_capture_on_commit_callbacks(execute=True):
        act(office("view", "change"), "send_again", row)

    row.refresh_from_db()
    assert row.mails == 2
    assert len(mailbox) == 2


def test_revokes_them(invite, office):
    row = invite()

    act(office("view", "change"), "revoke", row)

    row.refresh_from_db()
    assert row.state == "revoked"
    assert not user_rows.all_users().filter(email=row.address).exists()


def test_says_which_were_refused(invite, office):
    client, first, second = office("view", "change"), invite(), invite("b@example.com")
    act(client, "revoke", first)

    page = act(client, "send_again", first, second)

    text = str([*page.context["messages"]][-1])
    assert "1 done" in text
    assert first.address in text
    second.refresh_from_db()
    assert second.mails == 2


def test_no_action_without_the_permission(invite, office):
    row = invite()

    act(office("view"), "revoke", row)

    row.refresh_from_db()
    assert row.state == "open"
