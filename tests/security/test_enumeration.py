"""No answer reveals whether an address has an account, or in what state it is."""

import re

import pytest

from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH

pytestmark = pytest.mark.django_db

GOOD = "a rose is a rose is a"
WRONG = "this is not the password"

QUESTIONS = {
    "sign-in": ("session/", {"password": WRONG}, 401),
    "registration": ("registration/", {"password": GOOD}, 202),
    "reset": ("password/reset/", {}, 202),
    "new password": (
        "password/reset/confirmation/",
        {"code": "000000", "new_password": GOOD},
        400,
    ),
}
"""What an anonymous client may send about an address, and the answer for each."""

ASKED = pytest.mark.parametrize(
    ("path", "body", "status"), QUESTIONS.values(), ids=QUESTIONS
)


@pytest.fixture
def everybody(make_user, make_member):
    """Addresses of accounts in every state there is."""
    without = make_member()
    without.set_unusable_password()
    without.save()
    deleted = make_member()
    address = deleted.email
    deleted.delete()
    return {
        "known": make_member().email,
        "another spelling": make_member().email.upper(),
        "unknown": "nobody@example.com",
        "unverified": make_user().email,
        "inactive": make_member(is_active=False).email,
        "without a password": without.email,
        "staff": make_member(is_staff=True).email,
        "deleted": address,
    }


def ask(path, body, address):
    """Return all that an attacker sees, except what they sent and what is random."""
    answer = ApiClient().post(AUTH + path, body | {"email": address})
    seen = answer.json()
    assert address not in str({**seen, "email": ""})
    assert seen.pop("email", address) == address
    seen.pop("request_id", None)
    if token := seen.pop("registration_token", None):
        seen["shape"] = re.sub(r"[\w-]", "x", token)
    headers = {name: answer[name] for name in answer.headers if name != "X-Request-ID"}
    headers.pop("Content-Length", None)
    return answer.status_code, seen, headers, dict(answer.cookies)


@ASKED
def test_every_address_gets_the_same_answer(no_limits, everybody, path, body, status):
    answers = {state: ask(path, body, mail) for state, mail in everybody.items()}

    for state, answer in answers.items():
        assert answer == answers["unknown"], state
    assert answers["unknown"][0] == status


def test_the_right_password_does_not_reveal_a_closed_account(no_limits, everybody):
    body = {"password": PASSWORD}

    for state in ("inactive", "deleted", "without a password"):
        answer = ask("session/", body, everybody[state])
        assert answer == ask("session/", body, "nobody@example.com"), state


@ASKED
def test_every_address_gets_the_same_answer_beyond_a_limit(
    tune, everybody, path, body, status
):
    tune(
        SIGN_IN_ACCOUNT_LIMIT="1/1h",
        RESEND_ADDRESS_LIMIT="1/1h",
        CONFIRMATION_ADDRESS_LIMIT="1/1h",
    )

    answers = {
        state: [ask(path, body, mail)[:2] for _ in range(3)]
        for state, mail in everybody.items()
    }

    for state, answer in answers.items():
        assert answer == answers["unknown"], state


@ASKED
def test_every_address_gets_the_same_answer_while_the_mail_server_is_down(
    *, no_limits, no_mail, everybody, path, body, status
):
    answers = {state: ask(path, body, mail) for state, mail in everybody.items()}

    for state, answer in answers.items():
        assert answer == answers["unknown"], state
    assert answers["unknown"][0] == status


def test_a_limit_answers_every_address_with_retry_after(tune, everybody):
    tune(SIGN_IN_ACCOUNT_LIMIT="1/1h")

    for address in everybody.values():
        body = {"email": address, "password": WRONG}
        first, second = (ApiClient().post(f"{AUTH}session/", body) for _ in range(2))
        assert (first.status_code, second.status_code) == (401, 429)
        assert second["Content-Type"] == "application/problem+json"
        assert 0 < int(second["Retry-After"]) <= 7200


def test_a_change_of_address_does_not_reveal_whose_it_is(
    no_limits, make_member, open_for, everybody
):
    caller = open_for(make_member()).caller

    answers = [
        caller.post(f"{AUTH}email/change/", {"email": address})
        for address in everybody.values()
    ]

    assert {answer.status_code for answer in answers} == {202}
    for answer, address in zip(answers, everybody.values(), strict=True):
        assert answer.json() == {"email": address, "status": "confirmation_sent"}


WRONG_SECRETS = (
    "",
    "skl_",
    "skl_" + "A" * 64,
    "skl_é",
    "ska_" + "A" * 84,
    "' OR 1=1 --",
    "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "=" * 64,
)


def test_every_wrong_link_gets_one_answer(
    *, no_limits, front_end, make_member, api, mailbox, secrets_in
):
    used, other = make_member(), make_member()
    for user in (used, used, other):
        api.post(f"{AUTH}password/reset/", {"email": user.email})
    superseded, used_up, garbled = (secrets_in(mail)["token"] for mail in mailbox)
    path = f"{AUTH}password/reset/confirmation/"
    right = api.post(path, {"token": used_up, "new_password": GOOD})
    tokens = [superseded, used_up, garbled[:-4] + "AAAA", *WRONG_SECRETS[1:]]

    answers = [api.post(path, {"token": one, "new_password": GOOD}) for one in tokens]

    assert right.status_code == 204
    assert {answer.json()["code"] for answer in answers} == {"invalid_confirmation"}
    assert {answer.status_code for answer in answers} == {400}
