"""Administrators send an invitation again."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_users.models import invitation_model
from starterkit_users.v1.invitations.conftest import token_in

pytestmark = pytest.mark.django_db


def test_the_former_link_is_void(invite, resend, accept, mailbox):
    invitation, former = invite()

    response = resend(invitation)

    assert response.status_code == HTTPStatus.OK
    assert response.json()["mails"] == 2
    assert accept(former).json()["code"] == "invalid_invitation"
    assert accept(token_in(mailbox[-1])).status_code == HTTPStatus.OK


def test_an_expired_one_is_valid_again(invite, resend, accept, mailbox):
    invitation, _ = invite()
    past = timezone.now() - timedelta(days=1)
    rows_of(invitation_model()).update(expires_at=past)

    shown = resend(invitation).json()

    assert shown["state"] == "open"
    assert accept(token_in(mailbox[-1])).status_code == HTTPStatus.OK


def test_an_accepted_one_is_not_sent(invite, resend, accept, mailbox):
    invitation, token = invite()
    accept(token)

    response = resend(invitation)

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "invitation_ended"
    assert len(mailbox) == 1


def test_that_of_an_account_in_use_is_not_sent(invite, resend, invited, mailbox):
    invitation, _ = invite()
    user = invited()
    user.is_active = True
    user.save()

    assert resend(invitation).json()["code"] == "invitation_ended"
    assert len(mailbox) == 1


def test_that_of_an_account_with_more_rights_is_not_sent(invite, resend, invited):
    invitation, _ = invite()
    permission = rows_of(Permission).get(codename="delete_group")
    invited().user_permissions.add(permission)

    assert resend(invitation).json()["code"] == "higher_rank"


def test_the_mails_to_one_address_are_limited(invite, resend, tuner, mailbox):
    tuner("STARTERKIT_USERS")(INVITATION_ADDRESS_LIMIT="2/1d")
    invitation, _ = invite()

    answers = [resend(invitation).status_code for _ in range(2)]

    assert answers == [200, 429]
    assert len(mailbox) == 2


def test_an_unknown_one_is_not_found(resend):
    response = resend({"id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a7"})

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "invitation_not_found"


def test_needs_the_permission(invite, resend, user, mailbox):
    invitation, _ = invite()

    assert resend(invitation, by=user).status_code == HTTPStatus.FORBIDDEN
    assert len(mailbox) == 1
