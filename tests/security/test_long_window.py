"""The failures of a day, and what still opens an account then (C125)."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.core.cache.backends.locmem import LocMemCache
from django.utils import timezone

from starterkit_auth.conftest import open_session
from starterkit_auth.models import session_model
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("front_end")]

NEW = "a rose is a rose is a"
WRONG = "this is not the password"
DEVICE = "__Host-starterkit-device"


def guess(email, password=WRONG, device="", **headers):
    client = ApiClient()
    if device:
        client.cookies[DEVICE] = device
    body = {"email": email, "password": password}
    return client.post(f"{AUTH}session/", body, **headers)


def judged():
    return AuditEvent.objects.filter(action="auth.sign_in_refused").count()


@pytest.fixture
def clock():
    """Return a clock that tests move."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


@pytest.fixture
def locked(tune, member, clock):
    """A member who had as many failures as a day may have, in pieces."""
    tune(SIGN_IN_FAILURE_LIMIT="6/1d", SIGN_IN_ACCOUNT_LIMIT="3/15m")
    for _ in range(4):
        for _ in range(2):
            answer = guess(member.email)
        clock.shift(timedelta(minutes=20))
    assert answer.status_code == 429
    return member


def in_a_browser(email):
    """Sign in from a page, and return the cookie that is left after signing out."""
    client = ApiClient()
    client.credentials(HTTP_SEC_FETCH_SITE="same-origin")
    body = {"email": email, "password": PASSWORD, "client": {"transport": "cookie"}}
    client.post(f"{AUTH}session/", body)
    client.delete(f"{AUTH}session/")
    assert client.cookies["__Host-starterkit"].value == ""
    return client.cookies[DEVICE].value


def test_nine_failures_and_a_pause_end_at_a_hundred(member, clock):
    for _ in range(15):
        for _ in range(9):
            guess(member.email)
        clock.shift(timedelta(minutes=20))

    assert judged() == 100
    assert guess(member.email, PASSWORD).status_code == 429


def test_successes_in_between_forgive_no_failure(tune, member, clock):
    tune(SIGN_IN_FAILURE_LIMIT="6/1d")

    for _ in range(10):
        guess(member.email)
        guess(member.email, PASSWORD)

    assert judged() == 6


def test_a_success_is_no_failure(tune, member):
    tune(SIGN_IN_FAILURE_LIMIT="2/1d")

    answers = [guess(member.email, PASSWORD).status_code for _ in range(5)]

    assert answers == [201] * 5


def test_an_unknown_address_is_answered_alike(tune, clock):
    tune(SIGN_IN_FAILURE_LIMIT="6/1d")

    answers = [guess("nobody@example.com").status_code for _ in range(8)]

    assert answers == [401] * 6 + [429] * 2


def test_the_wait_is_true(locked, clock):
    answer = guess(locked.email, PASSWORD)

    seconds = int(answer["Retry-After"])
    clock.shift(timedelta(seconds=seconds - 2))
    assert guess(locked.email, PASSWORD).status_code == 429
    clock.shift(timedelta(seconds=2))
    assert guess(locked.email, PASSWORD).status_code == 201


def test_a_reset_by_mail_opens(locked, api, mailbox, secrets_in):
    api.post(f"{AUTH}password/reset/", {"email": locked.email})
    token = secrets_in(mailbox[-1])["token"]
    body = {"token": token, "new_password": NEW}
    assert api.post(f"{AUTH}password/reset/confirmation/", body).status_code == 204

    assert guess(locked.email, NEW).status_code == 201


def test_a_browser_that_signed_out_opens(tune, member, clock, request):
    device = in_a_browser(member.email)
    request.getfixturevalue("locked")

    assert guess(member.email, PASSWORD).status_code == 429
    assert guess(member.email, PASSWORD, device).status_code == 201
    assert guess(member.email, PASSWORD).status_code == 429


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_an_app_opens_with_a_dead_token(kind, member, clock, request):
    token = getattr(open_session(member), kind)
    session_model().objects.update(revoked_at=timezone.now())
    request.getfixturevalue("locked")

    answer = guess(member.email, PASSWORD, HTTP_AUTHORIZATION=f"Bearer {token}")

    assert answer.status_code == 201


def test_a_device_has_limits_of_its_own(member, clock, request):
    device = in_a_browser(member.email)
    request.getfixturevalue("locked")
    before = judged()

    for _ in range(9):
        for _ in range(2):
            guess(member.email, device=device)
        clock.shift(timedelta(minutes=20))

    assert judged() == before + 6


def test_many_devices_with_a_former_password_are_one(member, clock, request):
    """An attacker who knew it may have opened any number of sessions in a minute."""
    devices = [open_session(member, "cookie").device for _ in range(4)]
    member.set_password(NEW)
    member.save()
    own = open_session(member, "cookie").device
    request.getfixturevalue("locked")
    before = judged()

    for _ in range(4):
        for device in devices:
            guess(member.email, device=device)
        clock.shift(timedelta(minutes=20))

    assert judged() == before + 6
    assert guess(member.email, NEW, devices[0]).status_code == 429
    assert guess(member.email, NEW, own).status_code == 201


def test_a_device_with_a_former_password_still_opens(member, clock, request):
    device = in_a_browser(member.email)
    member.set_password(NEW)
    member.save()
    request.getfixturevalue("locked")

    assert guess(member.email, NEW).status_code == 429
    assert guess(member.email, NEW, device).status_code == 201


def test_a_device_of_another_account_is_that_of_a_stranger(make_member, clock, request):
    device = in_a_browser(make_member().email)
    locked = request.getfixturevalue("locked")

    assert guess(locked.email, PASSWORD, device).status_code == 429
    assert guess("nobody@example.com", device=device).status_code == 401


@pytest.mark.parametrize("device", ["", "skd_" + "A" * 88, "dead", "ö\x7f"])
def test_no_invented_device_opens(locked, device):
    assert guess(locked.email, PASSWORD, device).status_code == 429


def test_the_proof_of_a_device_is_no_credential(member):
    device = in_a_browser(member.email)
    body = {"email": member.email, "password": PASSWORD}
    opened = ApiClient().post(f"{AUTH}session/", body).json()

    answers = [
        ApiClient().get(f"{AUTH}session/", HTTP_AUTHORIZATION=f"Bearer {device}"),
        ApiClient().post(f"{AUTH}session/refresh/", {"refresh_token": device}),
    ]
    browser = ApiClient()
    browser.cookies["__Host-starterkit"] = device
    answers.append(browser.get(f"{AUTH}session/"))

    assert [answer.status_code for answer in answers] == [401] * 3
    assert opened["session"]


def test_a_stolen_session_may_guess_a_day_s_failures_and_no_more(
    tune, member, open_for, clock
):
    tune(
        SIGN_IN_FAILURE_LIMIT="6/1d",
        SIGN_IN_ACCOUNT_LIMIT="3/15m",
        ACCESS_TOKEN_LIFETIME=timedelta(days=1),
    )
    caller = open_for(member).caller
    answers = []

    for _ in range(5):
        for _ in range(2):
            body = {"password": WRONG}
            answers.append(caller.post(f"{AUTH}session/step-up/", body).status_code)
        clock.shift(timedelta(minutes=20))

    assert answers == [403] * 6 + [429] * 4
    assert guess(member.email, PASSWORD).status_code == 429


class CountingCache(LocMemCache):
    """A cache that notes each call to its server."""

    calls = Counter()

    def get_many(self, *given):
        self.calls["get_many"] += 1
        return super().get_many(*given)

    def incr(self, *given):
        self.calls["incr"] += 1
        return super().incr(*given)

    def delete_many(self, *given):
        self.calls["delete_many"] += 1
        super().delete_many(*given)

    def decr(self, key, delta=1):
        self.calls["decr"] += 1
        return super().incr(key, -delta)


def test_what_limits_ask_of_the_cache(settings, tune, member):
    path = f"{CountingCache.__module__}.{CountingCache.__qualname__}"
    settings.CACHES = {"default": {"BACKEND": path, "LOCATION": "counting"}}
    tune(SIGN_IN_ACCOUNT_LIMIT="2/15m")

    def calls(password):
        CountingCache.calls.clear()
        guess(member.email, password)
        return +CountingCache.calls

    guess(member.email)  # makes the counters
    right = calls(PASSWORD)
    guess(member.email)
    wrong, refused = calls(WRONG), calls(WRONG)

    attempt = {"get_many": 1, "incr": 4}
    assert wrong == attempt
    assert right == attempt | {"delete_many": 1, "decr": 1}
    assert refused == {"get_many": 1}


@pytest.mark.django_db(transaction=True)
def test_sixteen_at_once_get_no_more_than_is_left(tune, member, at_once):
    tune(
        SIGN_IN_FAILURE_LIMIT="5/1d",
        SIGN_IN_ACCOUNT_LIMIT="100/15m",
        HASHES_AT_ONCE=16,
    )
    guess(member.email)

    statuses = at_once(16, lambda _: guess(member.email).status_code)

    assert sorted(statuses) == [401] * 4 + [429] * 12
