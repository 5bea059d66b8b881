"""Limits that hold, and that no attacker can turn against the owner of an account."""

import pytest

from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("front_end")]

NEW = "a rose is a rose is a"
WRONG = "this is not the password"


def guess(email, password=WRONG, **headers):
    body = {"email": email, "password": password}
    return ApiClient().post(f"{AUTH}session/", body, **headers)


@pytest.fixture
def hammered(tune, member):
    """A member whose account cannot be signed in to at the moment."""
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m")
    for _ in range(4):
        answer = guess(member.email)
    assert answer.status_code == 429
    return member


def test_another_spelling_gives_no_further_attempt(hammered):
    local, _, domain = hammered.email.partition("@")

    for spelling in (
        hammered.email.upper(),
        f"{local}@{domain.title()}",
        f" {hammered.email} ",
    ):
        assert guess(spelling).status_code == 429


@pytest.mark.parametrize(
    "header",
    [
        "HTTP_X_FORWARDED_FOR",
        "HTTP_X_REAL_IP",
        "HTTP_FORWARDED",
        "HTTP_CLIENT_IP",
        "HTTP_X_CLIENT_IP",
        "HTTP_TRUE_CLIENT_IP",
        "HTTP_CF_CONNECTING_IP",
    ],
)
def test_no_header_chooses_the_network_that_is_counted(tune, header):
    tune(SIGN_IN_NETWORK_LIMIT="3/15m")

    answers = [
        guess(f"person{number}@example.com", **{header: f"203.0.113.{number}"})
        for number in range(5)
    ]

    assert [answer.status_code for answer in answers] == [401] * 3 + [429] * 2


def test_behind_a_proxy_the_left_side_is_still_invented(tune, settings):
    tune(SIGN_IN_NETWORK_LIMIT="3/15m")
    settings.STARTERKIT_CORE = {"TRUSTED_PROXIES": 1}

    answers = [
        guess(
            f"person{number}@example.com",
            HTTP_X_FORWARDED_FOR=f"203.0.113.{number}, 198.51.100.7",
        )
        for number in range(5)
    ]

    assert answers[-1].status_code == 429


def test_a_whole_network_of_ipv6_counts_as_one(tune):
    tune(SIGN_IN_NETWORK_LIMIT="3/15m")

    answers = [
        guess(f"person{number}@example.com", REMOTE_ADDR=f"2001:db8::{number}")
        for number in range(1, 6)
    ]

    assert answers[-1].status_code == 429
    assert guess("a@example.com", REMOTE_ADDR="2001:db8:0:1::1").status_code == 401


def test_a_success_clears_only_the_count_of_its_account(tune, make_member):
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m", SIGN_IN_NETWORK_LIMIT="5/15m")
    mine, theirs = make_member(), make_member()
    for _ in range(2):
        guess(theirs.email)

    assert guess(mine.email, PASSWORD).status_code == 201

    assert [guess(theirs.email).status_code for _ in range(2)] == [401, 429]
    assert guess(mine.email).status_code == 401
    assert guess("nobody@example.com").status_code == 429


def test_a_signed_in_user_stays_signed_in_whatever_others_try(tune, member, open_for):
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m")
    opened = open_for(member)
    for _ in range(9):
        guess(member.email)

    assert guess(member.email, PASSWORD).status_code == 429
    assert opened.works
    body = {"password": PASSWORD}
    stepped_up = opened.caller.post(f"{AUTH}session/step-up/", body)
    assert stepped_up.status_code == 200
    tokens = {"refresh_token": stepped_up.json()["refresh_token"]}
    assert ApiClient().post(f"{AUTH}session/refresh/", tokens).status_code == 200


def test_recovery_gets_an_owner_in_whom_an_attacker_keeps_out(
    hammered, api, mailbox, secrets_in
):
    api.post(f"{AUTH}password/reset/", {"email": hammered.email})
    token = secrets_in(mailbox[-1])["token"]
    body = {"token": token, "new_password": NEW}
    assert api.post(f"{AUTH}password/reset/confirmation/", body).status_code == 204

    assert guess(hammered.email, NEW).status_code == 201


def test_guessed_codes_do_not_spoil_the_link(tune, member, api, mailbox, secrets_in):
    tune(CODE_TRIES=3, CONFIRMATION_ADDRESS_LIMIT="4/15m")
    api.post(f"{AUTH}password/reset/", {"email": member.email})
    secrets = secrets_in(mailbox[-1])
    path, wrong = f"{AUTH}password/reset/confirmation/", {"new_password": NEW}
    guesses = [
        api.post(path, wrong | {"email": member.email, "code": f"{number:06}"})
        for number in range(6)
    ]
    assert guesses[-1].status_code == 429

    by_code = api.post(path, wrong | {"email": member.email, "code": secrets["code"]})
    by_link = api.post(path, wrong | {"token": secrets["token"]})

    assert (by_code.status_code, by_link.status_code) == (429, 204)


def test_a_code_that_was_tried_too_often_is_dead(
    tune, member, api, mailbox, secrets_in
):
    tune(CODE_TRIES=3)
    api.post(f"{AUTH}password/reset/", {"email": member.email})
    code = secrets_in(mailbox[-1])["code"]
    body = {"email": member.email, "new_password": NEW}
    path = f"{AUTH}password/reset/confirmation/"
    for number in range(3):
        api.post(path, body | {"code": f"{(int(code) + number + 1) % 10**6:06}"})

    answer = api.post(path, body | {"code": code})

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_confirmation"


def test_a_stolen_session_is_no_place_to_guess_in(tune, member, open_for):
    tune(SIGN_IN_ACCOUNT_LIMIT="3/15m")
    caller = open_for(member).caller

    answers = [
        caller.post(f"{AUTH}session/step-up/", {"password": f"wrong wrong {number}"})
        for number in range(5)
    ]

    assert [answer.status_code for answer in answers] == [403] * 3 + [429] * 2
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert caller.put(f"{AUTH}password/", body).status_code == 429


def test_mails_are_limited_and_the_answer_stays_the_same(tune, member, api, mailbox):
    tune(RESEND_ADDRESS_LIMIT="2/1h")

    answers = [
        api.post(f"{AUTH}password/reset/", {"email": member.email}) for _ in range(5)
    ]

    assert {answer.status_code for answer in answers} == {202}
    assert len(mailbox) == 2


@pytest.mark.parametrize("path", ["password/reset/", "registration/"])
@pytest.mark.parametrize("known", [True, False])
def test_a_stranger_leaves_mails_to_the_network_of_the_owner(
    path, known, api, mailbox, request
):
    known = known or path == "password/reset/"  # which mails no stranger
    email = request.getfixturevalue("member").email if known else "ada@example.com"
    body = {"email": email} | ({"password": NEW} if path == "registration/" else {})

    for _ in range(16):
        stranger = api.post(f"{AUTH}{path}", body, REMOTE_ADDR="203.0.113.9")
    used_up = len(mailbox)
    owner = api.post(f"{AUTH}{path}", body, REMOTE_ADDR="192.0.2.7")

    assert (used_up, len(mailbox)) == (5, 6)
    assert (stranger.status_code, owner.status_code) == (202, 202)


def test_a_mailbox_gets_no_more_mails_from_many_networks(member, api, mailbox):
    body = {"email": member.email}

    for number in range(16):
        api.post(f"{AUTH}password/reset/", body, REMOTE_ADDR=f"203.0.113.{number}")

    assert len(mailbox) == 10


@pytest.mark.django_db(transaction=True)
def test_a_stranger_leaves_mails_to_the_owner_even_at_the_same_moment(
    member, at_once, mailbox
):
    """A flood that is being refused does not count for the address meanwhile."""
    body = {"email": member.email}

    def ask(number):
        address = "192.0.2.7" if number == 0 else "203.0.113.9"
        path = f"{AUTH}password/reset/"
        return ApiClient().post(path, body, REMOTE_ADDR=address).status_code

    statuses = at_once(17, ask)

    assert set(statuses) == {202}
    mailbox.clear()  # one that a newer mail made void may not have been sent
    for _ in range(9):
        ask(0)
    assert len(mailbox) == 4  # the owner's fifth was let in during the flood


def test_limits_are_on_by_default(settings):
    settings.STARTERKIT_AUTH = {}

    answers = [guess("nobody@example.com").status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
