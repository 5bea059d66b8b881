"""POST v1/registration/code/: the mail again, and one answer for every token."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import closed_accounts
from starterkit_auth.services.challenge_secrets import random_registration_token
from starterkit_auth.v1.registration.conftest import PARALLEL, WAYS, waiting_of
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

from .use_case import ResendCode

URL = reverse("starterkit_auth:registration-code")
SESSION = reverse("starterkit_auth:session")
KEY = "starterkit_auth.v1.registration.code.post"
EMAIL = "ada@example.com"

pytestmark = pytest.mark.django_db


@pytest.fixture
def resend(api):
    """Return a function that asks for the mail again."""
    return lambda token: api.post(URL, {"registration_token": token})


@pytest.fixture
def no_cooldown(tune):
    tune(RESEND_COOLDOWN=timedelta())


def headers_of(response):
    ours = {"X-Request-ID", "Content-Length"}
    return {name: value for name, value in response.items() if name not in ours}


@pytest.mark.parametrize("way", WAYS)
def test_mails_new_secrets_and_voids_the_former(
    *, no_cooldown, ask, resend, confirm, mailbox, secrets_in, way
):
    former = ask(EMAIL)

    response = resend(former.registration_token)

    newer = waiting_of(response, secrets_in(mailbox[1]))
    assert response.status_code == 202
    assert newer.registration_token == former.registration_token
    assert mailbox[1].to == [EMAIL]
    assert confirm(**former.by(way)).status_code == 400
    assert confirm(**newer.by(way)).status_code == 201


def test_answers_as_signing_up_does(no_cooldown, sign_up, resend):
    signed_up = sign_up(EMAIL)

    response = resend(signed_up.json()["registration_token"])

    assert response.status_code == signed_up.status_code
    assert response.json() == signed_up.json()
    assert headers_of(response) == headers_of(signed_up)


@pytest.mark.parametrize("state", ["unknown", "verified", "unverified", "inactive"])
def test_neither_answer_nor_statements_reveal_whether_there_is_an_account(
    *, no_cooldown, sign_up, resend, in_state, state, django_assert_num_queries
):
    in_state(state, EMAIL)
    token = sign_up(EMAIL).json()["registration_token"]

    # The sign-up; then, in the savepoint, locked and renewed; then three of its mail.
    with django_assert_num_queries(8):
        response = resend(token)

    assert response.status_code == 202
    assert response.json()["registration_token"] == token


@pytest.mark.parametrize("state", ["verified", "unverified", "legacy", "inactive"])
def test_an_address_with_an_account_gets_no_code(
    *, no_cooldown, sign_up, resend, in_state, mailbox, state
):
    in_state(state, EMAIL)

    resend(sign_up(EMAIL).json()["registration_token"])

    assert ["already have an account" in mail.subject for mail in mailbox] == [True] * 2
    assert not any(re.search(r"\d{6}|skl_", mail.body) for mail in mailbox)


@pytest.mark.parametrize("token", ["random", "skg_" + "A" * 64, "skg_x", "é", "x"])
def test_a_token_of_no_registration_is_answered_as_any_other(
    sign_up, resend, mailbox, token
):
    signed_up = sign_up(EMAIL)
    token = random_registration_token() if token == "random" else token

    response = resend(token)

    assert response.status_code == 202
    assert response.json() == {**signed_up.json(), "registration_token": token}
    assert len(mailbox) == 1


def test_mails_once_within_the_cool_down_and_always_answers_alike(
    sign_up, resend, mailbox
):
    now, answers = timezone.now(), []

    for seconds in (0, 29, 31, 60, 62):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            again = answers and answers[0].json()["registration_token"]
            answers.append(resend(again) if again else sign_up(EMAIL))

    assert {answer.status_code for answer in answers} == {202}
    assert len(mailbox) == 3


@pytest.mark.parametrize("state", ["unknown", "verified", "unverified"])
def test_many_mails_to_one_address_are_answered_as_before_and_not_sent(
    *, no_cooldown, sign_up, resend, in_state, mailbox, tune, state
):
    tune(RESEND_ADDRESS_LIMIT="2/1h", RESEND_COOLDOWN=timedelta())
    in_state(state, EMAIL)
    token = sign_up(EMAIL).json()["registration_token"]

    first, second = resend(token), resend(token)

    assert second.status_code == first.status_code
    assert headers_of(second) == headers_of(first)
    assert len(mailbox) == 2


def test_a_registration_that_is_over_gets_no_mail(no_cooldown, ask, resend, mailbox):
    waiting = ask(EMAIL)

    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        response = resend(waiting.registration_token)

    assert response.status_code == 202
    assert len(mailbox) == 1


def test_too_many_from_one_network_are_refused(sign_up, resend, tune, mailbox):
    tune(RESEND_NETWORK_LIMIT="2/1h", RESEND_COOLDOWN=timedelta())
    token = sign_up(EMAIL).json()["registration_token"]
    resend("skg_one")
    resend("skg_two")

    response = resend(token)

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert len(mailbox) == 1


@pytest.mark.parametrize("token", [None, "", ["x"], 1, "a\x00", "x" * 257])
def test_refuses_a_malformed_body(api, token):
    response = api.post(URL, {"registration_token": token})

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/registration_token"


class NeverResend(ResendCode):
    """A host project's use case: one step replaced, the rest inherited."""

    def has_cooled_down(self, pending):
        return False


def test_a_host_can_replace_one_step(no_cooldown, ask, resend, mailbox, settings):
    waiting = ask(EMAIL)
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.NeverResend"}

    response = resend(waiting.registration_token)

    assert response.status_code == 202
    assert len(mailbox) == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_mail_once(at_once, ask, tune, mailbox):
    tune(RESEND_NETWORK_LIMIT="1000/1h", RESEND_ADDRESS_LIMIT="1000/1h")
    body = {"registration_token": ask(EMAIL).registration_token}
    mailed_at = timezone.now() - timedelta(minutes=1)
    PendingRegistration.objects.update(mailed_at=mailed_at)

    answers = at_once(PARALLEL, lambda _: ApiClient().post(URL, body))

    assert {answer.status_code for answer in answers} == {202}
    assert PendingRegistration.objects.get().mails == 2
    assert len(mailbox) == 2


@pytest.mark.skipif(
    not closed_accounts.has_state(),
    reason="the user model here has no column to close an account",
)
def test_an_account_that_is_closed_gets_no_mail(
    *, api, no_cooldown, make_user, resend, mailbox
):
    model = get_user_model()
    user = make_user(**{model.get_email_field_name(): EMAIL})
    response = api.post(SESSION, {"email": EMAIL, "password": PASSWORD})
    token = response.json()["registration_token"]
    model.objects.filter(pk=user.pk).update(is_active=False)

    answer = resend(token)

    assert (answer.status_code, len(mailbox)) == (202, 1)
