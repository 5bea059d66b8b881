"""Administrators revoke an invitation, and the account that was never used is gone."""

from http import HTTPStatus

import pytest
from django.contrib.auth.models import Permission
from django.db.models import ProtectedError

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_users.models import invitation_model
from starterkit_users.v1.invitations.conftest import EMAIL

pytestmark = pytest.mark.django_db


def state_of(invitation):
    return rows_of(invitation_model()).get(pk=invitation["id"]).state


def test_the_link_opens_nothing_and_the_account_is_gone(
    invite, revoke, accept, invited
):
    invitation, token = invite()

    response = revoke(invitation)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert invited() is None
    assert state_of(invitation) == "revoked"
    assert accept(token).json()["code"] == "invalid_invitation"


def test_the_address_can_be_invited_again(invite, revoke):
    revoke(invite()[0])

    invite()


def test_revoking_twice_has_no_further_effect(invite, revoke, invited):
    first, _ = invite()
    revoke(first)
    invite()

    response = revoke(first)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert invited() is not None


def test_an_accepted_one_stays(invite, revoke, accept, invited):
    invitation, token = invite()
    accept(token)

    response = revoke(invitation)

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "invitation_ended"
    assert invited().is_active


def test_an_account_in_use_stays(invite, revoke, invited):
    invitation, _ = invite()
    user = invited()
    user.is_active = True
    user.save()

    response = revoke(invitation)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert invited().is_active
    assert state_of(invitation) == "revoked"


def test_an_account_with_more_rights_stays(invite, revoke, invited):
    invitation, _ = invite()
    permission = rows_of(Permission).get(codename="delete_group")
    invited().user_permissions.add(permission)

    response = revoke(invitation)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert state_of(invitation) == "open"


def test_an_account_that_rows_of_the_project_protect_stays_closed(
    invite, revoke, invited, accept, monkeypatch
):
    invitation, token = invite()

    def protected(self, *args, **kwargs):
        raise ProtectedError("a row of the project", set())

    monkeypatch.setattr(type(invited()), "delete", protected)

    response = revoke(invitation)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not invited().is_active
    assert state_of(invitation) == "revoked"
    assert accept(token).json()["code"] == "invalid_invitation"


def test_is_recorded(invite, revoke, inviter):
    invitation, _ = invite()

    revoke(invitation)

    event = AuditEvent.objects.get(action="users.invitation_revoked")
    assert event.actor_id == str(inviter.pk)
    assert event.facts == {"invitation": invitation["id"]}
    assert EMAIL not in str(event.facts)


def test_an_unknown_one_is_not_found(revoke):
    response = revoke({"id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a7"})

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "invitation_not_found"


def test_needs_the_permission(invite, revoke, user, invited):
    invitation, _ = invite()

    response = revoke(invitation, by=user)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert invited() is not None
