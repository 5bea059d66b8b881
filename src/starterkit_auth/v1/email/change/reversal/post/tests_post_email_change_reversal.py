"""POST v1/email/change/reversal/: undo a change, once, whatever happened since."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import Challenge, session_model
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    challenges,
    closed_accounts,
)
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.v1.email.change.conftest import FORMER, NEW, REVERSAL
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

from .use_case import ReverseEmailChange

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.email.change.reversal.post"
SESSION = reverse("starterkit_auth:session")
THIRD = "eve@example.net"

needs_state = pytest.mark.skipif(
    not closed_accounts.has_state(), reason="no column here closes an account"
)


@pytest.fixture
def change_on(change, open_for, changed):
    """Change the address once more; return the token to undo that change."""

    def again(email):
        change.ask(email, open_for(change.opened.user))
        assert change.confirm(change.mailed.token).status_code == HTTPStatus.OK
        return change.way_back

    return again


def is_refused(response):
    return (response.status_code, response.json()["code"]) == (
        HTTPStatus.BAD_REQUEST,
        "invalid_confirmation",
    )


def live():
    return session_model().objects.live_at(timezone.now()).count()


def test_brings_the_address_back_and_ends_every_session(
    change, changed, open_for, member, received
):
    open_for(member)
    ended = received(signals.session_ended)

    response = change.undo(changed)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.content == b""
    assert change.address == FORMER
    account = addresses.look_up(FORMER)
    assert (account.user, account.verified) == (member, True)
    assert addresses.look_up(NEW) is None
    assert live() == 0
    assert {facts["reason"] for facts in ended} == {"email_change_reversed"}


def test_the_former_address_signs_in_again(change, changed, api):
    change.undo(changed)

    answers = [
        api.post(SESSION, {"email": email, "password": PASSWORD})
        for email in (FORMER, NEW)
    ]

    assert [answer.status_code for answer in answers] == [201, 401]


def test_works_once(change, changed):
    change.undo(changed)

    assert is_refused(change.undo(changed))


@pytest.mark.parametrize(("days", "status"), [(6, 204), (8, 400)])
def test_works_for_a_week(change, changed, days, status):
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        assert change.undo(changed).status_code == status


def another_password(user):
    user.set_password("a rose is a rose is a rose")
    user.save()
    challenges.void_all(user)


def switched_off(user):
    user.is_active = False
    user.save()


@pytest.mark.parametrize("happens", [another_password, switched_off])
def test_works_whatever_the_attacker_did_to_the_account(
    change, changed, member, happens
):
    member.refresh_from_db()
    happens(member)

    assert change.undo(changed).status_code == HTTPStatus.NO_CONTENT
    assert change.address == FORMER


def test_undoes_several_changes_and_voids_the_links_between(change, changed, change_on):
    between = change_on(THIRD)

    assert change.undo(changed).status_code == HTTPStatus.NO_CONTENT
    assert is_refused(change.undo(between))
    assert change.address == FORMER


def test_the_first_owner_stays_when_two_undo_each_other(change, changed, change_on):
    between = change_on(THIRD)

    assert change.undo(between).status_code == HTTPStatus.NO_CONTENT
    assert change.address == NEW
    assert change.undo(changed).status_code == HTTPStatus.NO_CONTENT
    assert change.address == FORMER


def test_voids_a_further_change_that_waits(change, changed, open_for, member):
    change.ask(THIRD, open_for(member))
    pending = change.mailed

    change.undo(changed)

    assert is_refused(change.confirm(pending.token))
    assert not Challenge.objects.open().exists()


def test_is_refused_when_another_account_has_the_address(
    change, changed, make_member, member, open_for
):
    make_member(FORMER.upper())
    session = open_for(member)

    response = change.undo(changed)

    assert is_refused(response)
    assert change.address == NEW
    assert (
        session_model().objects.filter(pk=session.session.pk, revoked_at=None).exists()
    )


def test_every_failed_reversal_gets_one_answer(change, changed, member):
    tampered = changed[:-1] + ("A" if changed[-1] != "A" else "B")
    other = challenges.open_challenge(member, NEW, Purpose.EMAIL_CHANGE, target=THIRD)

    answers = [
        change.undo(tampered),
        change.undo("garbled"),
        change.undo("skl_" + "A" * 64),
        change.undo(challenge_secrets.link_token_of(other)),
        change.undo(change.opened.access_token),
        change.confirm(changed),
    ]

    assert all(is_refused(answer) for answer in answers)
    assert change.address == NEW


@pytest.mark.parametrize(
    "body", [{}, {"token": ""}, {"token": None}, {"token": 1}, {"token": "x" * 257}, []]
)
def test_refuses_a_malformed_body(api, body):
    response = api.post(REVERSAL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"


def test_only_post_uses_the_link(api, change, changed):
    answers = [api.get(REVERSAL, {"token": changed}), api.head(REVERSAL)]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert change.address == NEW


def test_too_many_tries_from_one_network_are_refused(change, changed, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="2/1h")
    change.undo("skl_x")
    change.undo("skl_x")

    response = change.undo(changed)

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(response.headers["Retry-After"]) > 0


def test_sends_its_signal_and_records_an_event(change, changed, member, received):
    told = received(signals.email_changed)

    change.undo("skl_x")
    change.undo(changed)

    [facts] = told
    event = AuditEvent.objects.get(action="auth.email_change_reversed")
    assert facts["user"] == member
    assert (facts["former"], facts["address"]) == (NEW, FORMER)
    assert facts["event"] == event
    assert event.subject_id == str(member.pk)
    assert AuditEvent.objects.filter(action="auth.email_reversal_refused").count() == 1


class LockOut(ReverseEmailChange):
    """A host project's use case: one step replaced, the rest inherited."""

    def end_sessions(self, user):
        user.set_unusable_password()
        user.save()
        super().end_sessions(user)


def test_a_host_can_replace_one_step(change, changed, member, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.LockOut"}

    change.undo(changed)

    member.refresh_from_db()
    assert not member.has_usable_password()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins(at_once, change, changed):
    answers = at_once(16, lambda _: ApiClient().post(REVERSAL, {"token": changed}))

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [204] + [400] * 15
    assert change.address == FORMER


@pytest.fixture
def reset_by_the_new_address(api, mailbox, secrets_in, changed):
    """Set a new password by a mail to the new address; the token undoes the change."""
    api.post(reverse("starterkit_auth:password-reset"), {"email": NEW})
    body = {"token": secrets_in(mailbox[-1]).token, "new_password": "a rose is a rose"}
    answer = api.post(reverse("starterkit_auth:password-reset-confirmation"), body)
    assert answer.status_code == HTTPStatus.NO_CONTENT
    mailbox.clear()
    return changed


def days_later(days):
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def test_an_attacker_who_resets_the_password_keeps_no_account(
    change, reset_by_the_new_address
):
    with days_later(1):
        response = change.undo(reset_by_the_new_address)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert change.address == FORMER


@needs_state
def test_a_new_owner_who_reset_the_password_loses_no_account_to_the_former(
    change, reset_by_the_new_address, member, open_for
):
    member.refresh_from_db()
    session = open_for(member)

    with days_later(5):
        response = change.undo(reset_by_the_new_address)
        again = change.undo(reset_by_the_new_address)

    member.refresh_from_db()
    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "address_disputed"
    assert is_refused(again)
    assert change.address == NEW
    assert not member.is_active
    assert change.calling(session).get(SESSION).status_code == HTTPStatus.UNAUTHORIZED
    assert not Challenge.objects.open().exists()


def test_both_addresses_hear_of_a_dispute_once(
    change, reset_by_the_new_address, mailbox, member
):
    with days_later(5):
        for _ in range(2):
            change.undo(reset_by_the_new_address)

    assert sorted(mail.to for mail in mailbox) == sorted([[FORMER], [NEW]])
    assert all("neither takes the account" in mail.body for mail in mailbox)
    event = AuditEvent.objects.get(action="auth.address_disputed")
    assert (event.subject_id, event.actor_id) == (str(member.pk), "")


@pytest.mark.django_db(transaction=True)
def test_of_many_disputes_at_once_one_closes_the_account(
    at_once, change, reset_by_the_new_address, mailbox
):
    with time_machine.travel(timezone.now() + timedelta(days=5), tick=True):
        body = {"token": reset_by_the_new_address}
        answers = at_once(8, lambda _: ApiClient().post(REVERSAL, body))

    assert {answer.status_code for answer in answers} <= {409, 400}
    assert len(mailbox) == 2
