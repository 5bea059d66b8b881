"""What let a user in before an account was closed does not work once it is open."""

from http import HTTPStatus
from io import StringIO
from types import SimpleNamespace

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.urls import reverse

from starterkit_auth.models import Challenge, session_model
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    pending_registrations,
    reversals,
)
from starterkit_auth.services.user_addresses import address_of
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not hasattr(get_user_model(), "is_active")
        or "is_active" not in {f.name for f in get_user_model()._meta.fields},
        reason="the user model here has no column to close an account",
    ),
]

CONFIRMATION = reverse("starterkit_auth:registration-confirmation")
SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
RESET = reverse("starterkit_auth:password-reset")
RESET_CONFIRMATION = reverse("starterkit_auth:password-reset-confirmation")
CHANGE = reverse("starterkit_auth:email-change")
CHANGE_CONFIRMATION = reverse("starterkit_auth:email-change-confirmation")
REVERSAL = reverse("starterkit_auth:email-change-reversal")
NEW = "a rose is a rose is a"


@pytest.fixture(autouse=True)
def frontend(tune):
    tune(FRONTEND_URL="https://app.example.com")


def closed(user):
    return saved(user, active=False)


def saved(user, *, active):
    user = rows_of(type(user)).get(pk=user.pk)
    user.is_active = active
    user.save()


def saved_alone(user, *, active):
    user.is_active = active
    user.save(update_fields=["is_active"])


def commanded(user, *, active):
    call_suspend("--user", str(user.pk), *(["--lift"] if active else []))


def updated(user, *, active):
    """Change it in a way that sends no signal."""
    rows_of(type(user)).filter(pk=user.pk).update(is_active=active)


def call_suspend(*arguments):
    said = StringIO()
    call_command("auth_suspend", *arguments, stdout=said)
    return said.getvalue()


@pytest.fixture
def outstanding(*, member, open_for, calling, mailbox, secrets_in, api):
    """Everything that lets a user in: two sessions, and the secrets of two mails."""
    bearer, cookie = open_for(member, "bearer"), open_for(member, "cookie")
    api.post(RESET, {"email": address_of(member)})
    calling(bearer).post(CHANGE, {"email": "wanted@example.org"})
    reset, change = (secrets_in(mail) for mail in mailbox[-2:])
    return SimpleNamespace(
        user=member, bearer=bearer, cookie=cookie, reset=reset, change=change
    )


def by_session(outstanding, calling):
    return calling(outstanding.bearer).get(SESSION)


def by_cookie(outstanding, calling):
    return calling(outstanding.cookie).get(SESSION)


def by_refresh(outstanding, calling):
    body = {"refresh_token": outstanding.bearer.refresh_token}
    return ApiClient().post(REFRESH, body)


def by_reset_link(outstanding, calling):
    body = {"token": outstanding.reset.token, "new_password": NEW}
    return ApiClient().post(RESET_CONFIRMATION, body)


def by_reset_code(outstanding, calling):
    body = {"email": address_of(outstanding.user), "code": outstanding.reset.code}
    return ApiClient().post(RESET_CONFIRMATION, body | {"new_password": NEW})


def by_change_link(outstanding, calling):
    return ApiClient().post(CHANGE_CONFIRMATION, {"token": outstanding.change.token})


WAYS_IN = (
    by_session,
    by_cookie,
    by_refresh,
    by_reset_link,
    by_reset_code,
    by_change_link,
)
REFUSED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.BAD_REQUEST}
SEEN = (saved, saved_alone, commanded)


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_each_way_in_works_while_the_account_is_open(outstanding, calling, way_in):
    assert way_in(outstanding, calling).status_code < HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("way_in", WAYS_IN)
@pytest.mark.parametrize("closing", SEEN)
def test_none_works_after_an_account_was_closed(outstanding, calling, closing, way_in):
    closing(outstanding.user, active=False)
    updated(outstanding.user, active=True)

    assert way_in(outstanding, calling).status_code in REFUSED


@pytest.mark.parametrize("way_in", WAYS_IN)
@pytest.mark.parametrize("opening", SEEN)
def test_none_works_if_only_the_opening_was_seen(outstanding, calling, opening, way_in):
    updated(outstanding.user, active=False)
    opening(outstanding.user, active=True)

    assert way_in(outstanding, calling).status_code in REFUSED


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_what_was_tried_while_it_was_closed_stays_dead(outstanding, calling, way_in):
    updated(outstanding.user, active=False)
    assert way_in(outstanding, calling).status_code in REFUSED
    updated(outstanding.user, active=True)

    assert way_in(outstanding, calling).status_code in REFUSED


@pytest.mark.parametrize("way_in", WAYS_IN)
def test_a_command_cleans_up_after_a_bulk_update(outstanding, calling, way_in):
    updated(outstanding.user, active=False)

    said = [call_suspend("--inactive") for _ in range(2)]
    updated(outstanding.user, active=True)

    assert [text.strip()[-1] for text in said] == ["1", "0"]
    assert way_in(outstanding, calling).status_code in REFUSED


@pytest.fixture
def proof(make_user):
    """The mail by which an imported user proves the address, and what it takes."""
    user = make_user()
    pending = pending_registrations.open_for(user, address_of(user))
    pending_registrations.renew(pending)
    body = {
        "registration_token": challenge_secrets.registration_token_of(pending),
        "token": challenge_secrets.link_token_of(pending),
    }
    return SimpleNamespace(user=user, body=body)


def proven(proof):
    return ApiClient().post(CONFIRMATION, proof.body).status_code


def test_an_open_account_proves_its_address(proof):
    assert proven(proof) == HTTPStatus.CREATED


@pytest.mark.parametrize("closing", SEEN)
def test_no_proof_works_after_an_account_was_closed(proof, closing):
    closing(proof.user, active=False)
    updated(proof.user, active=True)

    assert proven(proof) == HTTPStatus.BAD_REQUEST


def test_a_proof_that_was_tried_while_it_was_closed_stays_dead(proof):
    updated(proof.user, active=False)
    assert proven(proof) == HTTPStatus.BAD_REQUEST
    updated(proof.user, active=True)

    assert proven(proof) == HTTPStatus.BAD_REQUEST


def test_a_command_voids_a_proof_after_a_bulk_update(proof):
    updated(proof.user, active=False)

    said = [call_suspend("--inactive") for _ in range(2)]
    updated(proof.user, active=True)

    assert [text.strip()[-1] for text in said] == ["1", "0"]
    assert proven(proof) == HTTPStatus.BAD_REQUEST


def test_says_why_the_sessions_ended(outstanding):
    closed(outstanding.user)

    reasons = {row.revoke_reason for row in session_model().objects.all()}
    event = AuditEvent.objects.get(action="auth.sessions_ended")
    assert reasons == {"deactivated"}
    assert event.facts == {"number": 2, "reason": "deactivated"}


def test_no_access_of_another_account_ends(outstanding, open_for, make_user, calling):
    stranger = open_for(make_user())

    closed(outstanding.user)

    assert calling(stranger).get(SESSION).status_code == HTTPStatus.OK


@pytest.mark.parametrize("fields", [None, ["password"], ["is_active"]])
def test_saving_an_open_account_ends_nothing(outstanding, calling, fields):
    outstanding.user.save(update_fields=fields)

    assert by_session(outstanding, calling).status_code == HTTPStatus.OK
    assert by_reset_link(outstanding, calling).status_code == HTTPStatus.NO_CONTENT


@pytest.fixture
def way_back(member):
    """The token that undoes a change of the address from ``former@example.com``."""
    challenge = reversals.open_way_back(member, "former@example.com", undo=True)
    return challenge_secrets.link_token_of(challenge)


def undo(token):
    return ApiClient().post(REVERSAL, {"token": token}).status_code


@pytest.mark.parametrize("active", [True, False])
def test_a_former_owner_can_undo_what_an_attacker_closed(member, way_back, active):
    saved(member, active=False)
    saved(member, active=active)

    assert undo(way_back) == HTTPStatus.NO_CONTENT
    assert rows_of(type(member)).get(pk=member.pk).is_active == active
    assert addresses.find_any("former@example.com") == member


def test_a_command_that_opens_an_account_ends_the_undo_link(member, way_back):
    commanded(member, active=False)
    commanded(member, active=True)

    assert undo(way_back) == HTTPStatus.BAD_REQUEST
    assert not Challenge.objects.open().exists()


def test_records_who_was_closed_and_opened(member):
    commanded(member, active=False)
    commanded(member, active=True)

    events = AuditEvent.objects.filter(subject_id=str(member.pk)).order_by("pk")
    actions = [event.action for event in events]
    assert actions == ["auth.account_closed", "auth.account_opened"]


def test_the_command_needs_a_user_that_there_is():
    with pytest.raises(CommandError, match="There is no user"):
        call_suspend("--user", "nobody@example.com")
