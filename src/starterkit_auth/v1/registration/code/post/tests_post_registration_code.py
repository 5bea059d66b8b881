"""POST v1/registration/code/: the mail again, and one answer for every address."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses
from starterkit_auth.v1.registration.conftest import PARALLEL
from starterkit_core.testing.client import ApiClient

from .use_case import ResendCode

URL = reverse("starterkit_auth:registration-code")
KEY = "starterkit_auth.v1.registration.code.post"
EMAIL = "ada@example.com"
STATES = ["unknown", "verified", "unverified", "legacy", "inactive"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def resend(api):
    """Return a function that asks for the mail again."""
    return lambda email=EMAIL, **more: api.post(URL, {"email": email, **more})


@pytest.fixture
def signed_up(sign_up, tune):
    """A client has signed up, and may ask for the mail again at once."""
    tune(RESEND_COOLDOWN=timedelta())
    return sign_up(EMAIL)


def headers_of(response):
    ours = {"X-Request-ID", "Content-Length"}
    return {name: value for name, value in response.items() if name not in ours}


def test_mails_new_secrets_and_voids_the_former(
    signed_up, resend, confirm, mailbox, secrets_in
):
    response = resend("ADA@Example.com")

    former, newer = (secrets_in(mail) for mail in mailbox)
    assert response.status_code == 202
    assert response.json() == {
        "email": "ADA@Example.com",
        "status": "confirmation_sent",
    }
    assert mailbox[1].to == [EMAIL]
    assert confirm(token=former.token).status_code == 400
    assert confirm(email=EMAIL, code=newer.code).status_code == 201


def test_answers_as_signing_up_does(signed_up, resend):
    response = resend(EMAIL)

    assert response.status_code == signed_up.status_code
    assert response.json() == signed_up.json()
    assert headers_of(response) == headers_of(signed_up)


@pytest.mark.parametrize("state", STATES)
def test_the_answer_does_not_reveal_whether_there_is_an_account(
    resend, in_state, state
):
    in_state(state, "grace@example.com")
    unknown = resend(EMAIL)

    response = resend("grace@example.com")

    assert response.status_code == unknown.status_code
    assert response.json() == unknown.json() | {"email": "grace@example.com"}
    assert headers_of(response) == headers_of(unknown)


@pytest.mark.parametrize(
    ("state", "mails"),
    [
        ("unknown", 0),
        ("verified", 0),
        ("inactive", 0),
        ("unverified", 1),
        ("legacy", 1),
    ],
)
def test_mails_only_accounts_with_an_unproven_address(
    resend, in_state, mailbox, state, mails
):
    in_state(state, EMAIL)

    resend()

    assert len(mailbox) == mails
    assert Challenge.objects.count() == mails


def test_mails_once_within_the_cool_down_and_always_answers_alike(
    sign_up, resend, mailbox
):
    now, answers = timezone.now(), []

    for seconds in (0, 29, 31, 60, 62):
        with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
            answers.append((resend if seconds else sign_up)(EMAIL))

    assert {answer.status_code for answer in answers} == {202}
    assert len(mailbox) == 3


@pytest.mark.parametrize("state", ["unknown", "verified", "unverified"])
def test_many_mails_to_one_address_are_answered_as_before_and_not_sent(
    resend, in_state, mailbox, tune, state
):
    tune(RESEND_ADDRESS_LIMIT="1/1h", RESEND_COOLDOWN=timedelta())
    in_state(state, EMAIL)

    first, second = resend(), resend()

    assert second.status_code == first.status_code
    assert headers_of(second) == headers_of(first)
    assert len(mailbox) == (state == "unverified")


def test_too_many_from_one_network_are_refused(resend, tune, mailbox, in_state):
    tune(RESEND_NETWORK_LIMIT="2/1h")
    in_state("unverified", "three@example.com")
    resend("one@example.com")
    resend("two@example.com")

    response = resend("three@example.com")

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert mailbox == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": None},
        {"email": "ada"},
        {"email": [EMAIL]},
        {"email": "a\x00@b.co"},
    ],
)
def test_refuses_a_malformed_body(api, body):
    response = api.post(URL, body)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/email"


class NeverResend(ResendCode):
    """A host project's use case: one step replaced, the rest inherited."""

    def is_unproven(self, account):
        return False


def test_a_host_can_replace_one_step(resend, in_state, mailbox, settings):
    in_state("unverified", EMAIL)
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.NeverResend"}

    response = resend()

    assert response.status_code == 202
    assert mailbox == []


@pytest.mark.django_db(transaction=True)
def test_many_at_once_mail_once_and_leave_one_challenge(at_once, in_state, tune):
    tune(RESEND_NETWORK_LIMIT="1000/1h")
    in_state("unverified", EMAIL)

    answers = at_once(PARALLEL, lambda _: ApiClient().post(URL, {"email": EMAIL}))

    assert {answer.status_code for answer in answers} == {202}
    assert Challenge.objects.count() == 1
    assert addresses.look_up(EMAIL).verified is False
