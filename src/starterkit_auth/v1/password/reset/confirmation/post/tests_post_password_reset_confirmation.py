"""POST v1/password/reset/confirmation: it works once and ends every session."""

from datetime import timedelta
from http import HTTPStatus
from time import sleep

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.errors import InvalidConfirmation
from starterkit_auth.models import Challenge, PendingRegistration, session_model
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    challenges,
    user_addresses,
)
from starterkit_auth.services.purposes import Purpose
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

from .use_case import ResetPassword

URL = reverse("starterkit_auth:password-reset-confirmation")
SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
KEY = "starterkit_auth.v1.password.reset.confirmation.post"
NEW = "a rose is a rose is a"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ways(mailed, address):
    """Both ways to answer."""
    return {
        "code": {"email": address, "code": mailed.code},
        "link": {"token": mailed.token},
    }


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def is_refused(response):
    return (response.status_code, response.json()["code"]) == (
        HTTPStatus.BAD_REQUEST,
        "invalid_confirmation",
    )


def has_password(user, password):
    user.refresh_from_db()
    return user.check_password(password)


@pytest.mark.parametrize("way", ["code", "link"])
def test_sets_the_password_and_opens_no_session(reset, ways, member, sign_in, way):
    response = reset(**ways[way])

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not response.content
    assert not response.cookies
    assert has_password(member, NEW)
    assert not session_model().objects.exists()
    signed_in = sign_in(user_addresses.address_of(member))
    assert signed_in.status_code == HTTPStatus.CREATED


def test_every_session_ends_at_once(reset, mailed, member, open_for, api):
    opened = [open_for(member), open_for(member)]

    reset(token=mailed.token)

    for each in opened:
        headers = {"authorization": f"Bearer {each.access_token}"}
        assert api.get(SESSION, headers=headers).status_code == 401
        token = {"refresh_token": each.refresh_token}
        assert api.post(REFRESH, token).status_code == 401
        each.session.refresh_from_db()
        assert each.session.revoke_reason == "password_reset"


@pytest.mark.parametrize("first", ["code", "link"])
@pytest.mark.parametrize("second", ["code", "link"])
def test_one_mail_resets_once(reset, ways, member, first, second):
    assert reset(**ways[first]).status_code == HTTPStatus.NO_CONTENT

    assert is_refused(reset("quite another password", **ways[second]))
    assert has_password(member, NEW)


def test_voids_every_other_code_and_link(reset, mailed, member, address):
    challenges.open_challenge(member, address, Purpose.EMAIL_CHANGE)

    reset(token=mailed.token)

    assert not Challenge.objects.open().exists()


def test_every_failed_reset_gets_one_answer(
    reset, secrets_for, mailed, make_user, address
):
    other = user_addresses.address_of(make_user())
    foreign = secrets_for(other)
    tampered = mailed.token[:-1] + ("A" if mailed.token[-1] != "A" else "B")

    answers = [
        reset(email=address, code=wrong(mailed.code)),
        reset(email="nobody@example.com", code=mailed.code),
        reset(email=other, code=wrong(foreign.code)),
        reset(email=address, code="abc"),
        reset(email=address, code="٠١٢٣٤٥"),
        reset(token=tampered),
        reset(token="skl_" + "A" * 64),
        reset(token="skl_é"),
        reset(token="garbled"),
        reset(token=mailed.code),
    ]

    problems = [answer.json() | {"request_id": ""} for answer in answers]
    headers = {tuple(sorted(answer.headers)) for answer in answers}
    assert all(is_refused(answer) for answer in answers)
    assert problems == [problems[0]] * len(problems)
    assert len(headers) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ada@example.com"},
        {"code": "123456"},
        {"email": "ada@example.com", "token": "skl_x"},
        {"email": "ada@example.com", "code": "123456", "token": "skl_x"},
        {"email": "ada@example.com", "code": 123456},
        {"email": "ada@example.com", "code": None},
        {"email": "ada", "code": "123456"},
        {"token": ""},
        {"token": {"a": 1}},
        {"token": "x" * 257},
        {"token": "skl_x", "new_password": ""},
        {"token": "skl_x", "new_password": None},
        {"token": "skl_x", "new_password": 1},
        {"token": "skl_x", "new_password": "x" * 257},
    ],
)
def test_refuses_a_malformed_body(api, body):
    response = api.post(URL, {"new_password": NEW} | body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"


def test_needs_a_password(api, mailed):
    response = api.post(URL, {"token": mailed.token})

    assert response.json()["errors"][0]["pointer"] == "/new_password"


def test_only_post_uses_the_link(api, reset, mailed):
    answers = [call(URL, {"token": mailed.token}) for call in (api.get, api.head)]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert reset(token=mailed.token).status_code == HTTPStatus.NO_CONTENT


@pytest.mark.parametrize("way", ["code", "link"])
def test_a_weak_password_uses_up_neither_code_nor_link(reset, ways, member, way):
    for _ in range(7):
        response = reset("passwordpassword", **ways[way])

        assert response.status_code == HTTPStatus.BAD_REQUEST
        assert response.json()["code"] == "weak_password"
        assert response.json()["reasons"]

    assert has_password(member, PASSWORD)
    assert reset(**ways[way]).status_code == HTTPStatus.NO_CONTENT


@pytest.mark.parametrize("way", ["code", "link"])
def test_refuses_a_password_made_of_the_address(reset, secrets_for, make_user, way):
    field = get_user_model().get_email_field_name()
    email = "grace.hopper.murray@example.com"
    make_user(**{field: email})
    mailed = secrets_for(email)
    ways = {
        "code": {"email": email, "code": mailed.code},
        "link": {"token": mailed.token},
    }

    response = reset("gracehoppermurray", **ways[way])

    assert response.json()["reasons"][0]["code"] == "password_too_similar"


def test_a_code_takes_five_tries_and_the_link_goes_on(reset, mailed, address):
    for _ in range(5):
        assert is_refused(reset(email=address, code=wrong(mailed.code)))

    assert is_refused(reset(email=address, code=mailed.code))
    assert reset(token=mailed.token).status_code == HTTPStatus.NO_CONTENT


def test_tries_stay_counted_where_requests_are_transactions(
    reset, mailed, address, monkeypatch
):
    database = transaction.get_connection().settings_dict
    monkeypatch.setitem(database, "ATOMIC_REQUESTS", value=True)

    reset(email=address, code=wrong(mailed.code))

    assert Challenge.objects.get().attempts == 1
    assert AuditEvent.objects.filter(action="auth.password_reset_refused").exists()


@pytest.mark.parametrize(
    ("way", "minutes", "status"),
    [("code", 9, 204), ("code", 11, 400), ("link", 59, 204), ("link", 61, 400)],
)
def test_code_and_link_expire(reset, ways, way, minutes, status):
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        response = reset(**ways[way])

    assert response.status_code == status


def switch_off(user):
    user.is_active = False
    user.save()


def move(user):
    setattr(user, user.get_email_field_name(), "elsewhere@example.com")
    user.save()


def take_password(user):
    user.set_unusable_password()
    user.save()


def set_elsewhere(user):
    user.set_password("set in a shell somewhere")
    user.save()


@pytest.mark.parametrize(
    "happen",
    [switch_off, move, take_password, set_elsewhere, lambda user: user.delete()],
)
@pytest.mark.parametrize("way", ["code", "link"])
def test_void_once_the_account_has_changed(reset, ways, member, happen, way):
    happen(get_user_model().objects.get(pk=member.pk))

    assert is_refused(reset(**ways[way]))


def test_proves_the_address(reset, secrets_for, user, received, sign_in):
    address = user_addresses.address_of(user)
    confirmed = received(signals.address_confirmed)

    reset(token=secrets_for(address).token)

    account = addresses.look_up(address)
    assert (account.user, account.verified) == (user, True)
    assert [facts["address"] for facts in confirmed] == [address]
    assert sign_in(address).status_code == HTTPStatus.CREATED


def test_sends_no_signal_for_an_address_that_was_proven_before(reset, mailed, received):
    confirmed = received(signals.address_confirmed)

    reset(token=mailed.token)

    assert not confirmed


def test_an_account_of_another_person_is_the_owners_from_then_on(
    *, reset, secrets_for, api, user, open_for, bearer
):
    """C014: whatever was opened before the proof is closed."""
    address = user_addresses.address_of(user)
    addresses.assign(user, address)
    theirs = open_for(user)
    body = {"email": address, "password": PASSWORD}
    waiting = api.post(SESSION, body).json()["registration_token"]

    reset(token=secrets_for(address).token)

    user.refresh_from_db()
    assert not user.check_password(PASSWORD)
    assert user_addresses.address_of(user) == address
    assert bearer(theirs.access_token).get(SESSION).status_code == 401
    assert not Challenge.objects.open().exists()
    pending = PendingRegistration.objects.get()
    assert challenge_secrets.registration_token_of(pending) == waiting
    with transaction.atomic(), pytest.raises(InvalidConfirmation):
        challenges.lock_owner(pending)


def test_an_account_that_was_in_use_keeps_its_data(reset, mailed, member):
    texts = [name for name in ("first_name", "last_name") if hasattr(member, name)]
    for name in texts:
        setattr(member, name, "Ada")
    member.save()

    reset(token=mailed.token)

    member.refresh_from_db()
    assert [getattr(member, name) for name in texts] == ["Ada"] * len(texts)


def test_secrets_of_one_purpose_answer_no_other(api, reset, mailed, member, address):
    other = challenges.open_challenge(member, address, Purpose.EMAIL_CHANGE)
    confirmation = reverse("starterkit_auth:registration-confirmation")

    as_reset = [
        reset(token=challenge_secrets.link_token_of(other)),
        reset(email=address, code=challenge_secrets.code_of(other)),
    ]
    as_confirmation = api.post(
        confirmation, {"token": mailed.token, "password": PASSWORD}
    )
    as_access = api.get(SESSION, headers={"authorization": f"Bearer {mailed.token}"})
    as_refresh = api.post(REFRESH, {"refresh_token": mailed.token})

    assert all(is_refused(response) for response in as_reset)
    assert is_refused(as_confirmation)
    assert (as_access.status_code, as_refresh.status_code) == (401, 401)


def test_too_many_tries_from_one_network_are_refused(reset, mailed, tune):
    tune(CONFIRMATION_NETWORK_LIMIT="2/1h")
    reset(token="skl_x")
    reset(token="skl_x")

    response = reset(token=mailed.token)

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(response["Retry-After"]) > 0


def test_too_many_codes_for_one_address_leave_it_its_link(reset, ways, tune, address):
    tune(CONFIRMATION_ADDRESS_LIMIT="2/1h")
    for email in (address, address.upper()):
        reset(email=email, code=wrong(ways["code"]["code"]))

    limited = reset(**ways["code"])
    by_link = reset(**ways["link"])

    assert limited.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert by_link.status_code == HTTPStatus.NO_CONTENT


def test_attempts_to_sign_in_do_not_block_recovery(api, reset, mailed, address):
    for _ in range(11):
        api.post(SESSION, {"email": address, "password": "wrong"})

    assert reset(token=mailed.token).status_code == HTTPStatus.NO_CONTENT


def test_sends_its_signal_after_the_commit(reset, mailed, member, received):
    changed = received(signals.password_changed)

    reset(token="skl_x")
    reset(token=mailed.token)

    [facts] = changed
    assert (facts["user"], facts["how"]) == (member, "reset")
    assert facts["session"] is None
    assert facts["event"].action == "auth.password_reset"


def test_records_resets_and_refused_tries(reset, mailed, member):
    reset(token="skl_x")
    reset(token=mailed.token)

    rows = AuditEvent.objects.order_by("pk").values_list("action", "subject_id")
    assert [*rows] == [
        ("auth.password_reset_requested", str(member.pk)),
        ("auth.password_reset_refused", ""),
        ("auth.password_reset", str(member.pk)),
    ]


class QuietReset(ResetPassword):
    """A host project's use case: one step replaced, the rest inherited."""

    def end_sessions(self, user):
        pass


def test_a_host_can_replace_one_step(reset, mailed, opened, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.QuietReset"}

    reset(token=mailed.token)

    opened.session.refresh_from_db()
    assert opened.session.revoked_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("way", ["code", "link"])
def test_of_many_answers_at_once_one_wins(at_once, ways, opened, tune, way):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        CONFIRMATION_ADDRESS_LIMIT="1000/1h",
        CODE_TRIES=16,
        HASHES_AT_ONCE=16,
    )

    def call(number):
        body = {**ways[way], "new_password": f"{NEW} {number}"}
        return number, ApiClient().post(URL, body).status_code

    answers = at_once(16, call)

    won = [number for number, status in answers if status == HTTPStatus.NO_CONTENT]
    assert sorted(status for _, status in answers) == [204] + [400] * 15
    assert has_password(opened.user, f"{NEW} {won[0]}")
    assert AuditEvent.objects.filter(action="auth.password_reset").count() == 1
    opened.session.refresh_from_db()
    assert opened.session.revoked_at


@pytest.mark.django_db(transaction=True)
def test_many_guesses_at_once_are_no_more_than_five(at_once, mailed, address, tune):
    tune(
        CONFIRMATION_NETWORK_LIMIT="1000/1h",
        CONFIRMATION_ADDRESS_LIMIT="1000/1h",
        HASHES_AT_ONCE=16,
    )

    def guess(number):
        code = f"{(int(mailed.code) + number + 1) % 10**6:06}"
        body = {"email": address, "code": code, "new_password": NEW}
        return ApiClient().post(URL, body).status_code

    assert {*at_once(16, guess)} == {HTTPStatus.BAD_REQUEST}
    assert Challenge.objects.get().attempts == 5


@pytest.mark.django_db(transaction=True)
def test_a_guess_during_another_is_counted_where_reads_are_repeatable(
    at_once, mailed, address, repeatable_reads
):
    body = {"email": address, "code": wrong(mailed.code), "new_password": NEW}

    def call(number):
        if number == 0:
            with transaction.atomic():
                Challenge.objects.update(attempts=F("attempts") + 1)
                return sleep(0.4)
        repeatable_reads()
        sleep(0.2)
        return ApiClient().post(URL, body)

    _, answer = sorted(at_once(2, call), key=bool)

    assert is_refused(answer)
    assert Challenge.objects.get().attempts == 2


@pytest.mark.django_db(transaction=True)
def test_of_changes_and_resets_at_once_one_wins(
    *, at_once, mailed, member, open_for, tune
):
    tune(HASHES_AT_ONCE=8)
    opened = [open_for(member) for _ in range(4)]

    def call(number):
        if number % 2:
            body = {"token": mailed.token, "new_password": f"{NEW} {number}"}
            return number, ApiClient().post(URL, body).status_code
        body = {"current_password": PASSWORD, "new_password": f"{NEW} {number}"}
        token = opened[number // 2].access_token
        headers = {"authorization": f"Bearer {token}"}
        url = reverse("starterkit_auth:password")
        return number, ApiClient().put(url, body, headers=headers).status_code

    answers = at_once(8, call)

    [won] = [number for number, status in answers if status < HTTPStatus.BAD_REQUEST]
    assert {status for _, status in answers} <= {200, 204, 400, 401, 403}
    assert has_password(member, f"{NEW} {won}")
