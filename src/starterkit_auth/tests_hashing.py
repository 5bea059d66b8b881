"""Few passwords are hashed at once, and the rest of the service answers meanwhile."""

import os
from http import HTTPStatus
from threading import Event, Lock, Thread
from time import sleep
from typing import ClassVar

import pytest
from django.contrib.auth import get_user_model, signals
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_auth.models import Challenge
from starterkit_auth.services import hashing, passwords, user_addresses
from starterkit_auth.use_cases.check_credentials import (
    CheckCredentials,
    CheckCredentialsInput,
)
from starterkit_core.errors import Busy
from starterkit_core.models import AuditEvent
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import NO_CLIENT

SESSION = reverse("starterkit_auth:session")
NEW = "a rose is a rose is a"
LONG = 10
"""Seconds until a test fails that waits for another thread."""

pytestmark = pytest.mark.django_db


class Held(PBKDF2PasswordHasher):
    """A hasher that stops at one password until the test lets it go on."""

    iterations = 2
    stops_at = "a password that takes long"
    goes_on = Event()
    running: ClassVar[list[str]] = []
    most: ClassVar[list[int]] = []
    lock = Lock()

    def encode(self, password, salt, iterations=None):
        with self.lock:
            self.running.append(password)
            self.most.append(len(self.running))
        try:
            if password == self.stops_at:
                self.goes_on.wait(LONG)
            return super().encode(password, salt, iterations)
        finally:
            with self.lock:
                self.running.remove(password)


@pytest.fixture(autouse=True)
def held(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Held"]
    Held.goes_on.clear()
    Held.most.clear()
    return Held


@pytest.fixture
def hash_in_threads(held):
    """Hash in so many threads: returns the list of what they were refused with."""
    threads, refused = [], []

    def hash_one():
        try:
            passwords.encode(held.stops_at)
        except Busy as error:
            refused.append(error)

    def start(count):
        new = [Thread(target=hash_one) for _ in range(count)]
        for thread in new:
            thread.start()
        threads.extend(new)
        return refused

    yield start
    held.goes_on.set()
    for thread in threads:
        thread.join(LONG)


def until(condition):
    for _ in range(LONG * 100):
        if condition():
            return
        sleep(0.01)
    pytest.fail("it did not happen")


@pytest.fixture
def hashing_one(hash_in_threads, monkeypatch):
    """One thread hashes; another one that waits is soon refused."""
    monkeypatch.setattr(hashing, "LONGEST_WAIT", 0.02)
    hash_in_threads(1)
    until(lambda: len(Held.running) == 1)


@pytest.fixture
def full(hash_in_threads):
    """One thread hashes and one waits, which is all that may."""
    hash_in_threads(2)
    until(lambda: len(Held.running) == 1 and hashing._queue._waiting == 1)


BOTH = pytest.mark.parametrize("state", ["hashing_one", "full"])


@pytest.fixture
def busy(request, state):
    """Bring the process into this state, once the test has its users."""
    return lambda: request.getfixturevalue(state)


@pytest.fixture
def sign_in(api):
    def call(email, password=PASSWORD):
        return api.post(SESSION, {"email": email, "password": password})

    return call


def assert_busy(response):
    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response.json()["code"] == "service_unavailable"
    assert response.headers["Retry-After"] == "2"


@pytest.fixture
def addresses_of(make_user, member):
    """An address of each kind of account, and one of none."""
    inactive, without = make_user(is_active=False), make_user()
    without.set_unusable_password()
    without.save()
    users = {"known": member, "inactive": inactive, "without a password": without}
    found = {kind: user_addresses.address_of(user) for kind, user in users.items()}
    return {**found, "unknown": "nobody@example.com"}


@pytest.mark.needs_address
@BOTH
def test_a_sign_in_is_refused_alike_whether_or_not_there_is_an_account(
    addresses_of, busy, sign_in
):
    busy()

    answers = {}
    for kind, address in addresses_of.items():
        with CaptureQueriesContext(connection) as statements:
            response = sign_in(address)
        assert_busy(response)
        body = response.json() | {"request_id": ""}
        kinds = [query["sql"].split()[0] for query in statements]
        answers[kind] = (body, sorted(response.headers), kinds)

    assert all(answer == answers["unknown"] for answer in answers.values())


class NoCache(LocMemCache):
    def incr(self, *args, **kwargs):
        raise ConnectionRefusedError


def test_a_flood_of_attempts_costs_no_statement_and_no_counting(
    full, sign_in, settings
):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.NoCache"}}

    with CaptureQueriesContext(connection) as statements:
        assert_busy(sign_in("nobody@example.com"))

    assert len(statements) == 0


@pytest.mark.needs_address
@BOTH
def test_a_refused_sign_in_is_not_counted_nor_recorded_as_a_failure(
    *, member, busy, sign_in, tune, received, held
):
    tune(SIGN_IN_ACCOUNT_LIMIT="1/15m")
    failures = received(signals.user_login_failed)
    busy()

    for _ in range(3):
        assert_busy(sign_in(user_addresses.address_of(member)))

    held.goes_on.set()
    until(lambda: not held.running and not hashing._queue._waiting)
    assert sign_in(user_addresses.address_of(member)).status_code == 201
    assert not AuditEvent.objects.filter(action="auth.sign_in_refused").exists()
    assert failures == []


@BOTH
def test_a_refused_step_up_is_not_counted_nor_recorded_as_a_failure(
    *, member, opened, busy, calling, tune, held
):
    tune(SIGN_IN_ACCOUNT_LIMIT="1/15m")
    url = reverse("starterkit_auth:session-step-up")
    busy()

    for _ in range(3):
        assert_busy(calling(opened).post(url, {"password": PASSWORD}))

    held.goes_on.set()
    until(lambda: not held.running and not hashing._queue._waiting)
    answer = calling(opened).post(url, {"password": PASSWORD})
    assert answer.status_code == HTTPStatus.OK
    assert not AuditEvent.objects.filter(action="auth.step_up_refused").exists()


@pytest.mark.needs_address
@BOTH
def test_a_refused_reset_uses_up_no_try_of_the_code(
    *, member, busy, api, secrets_in, mailbox, tune, held
):
    tune(CONFIRMATION_ADDRESS_LIMIT="1/15m", CONFIRMATION_NETWORK_LIMIT="1/15m")
    email = user_addresses.address_of(member)
    api.post(reverse("starterkit_auth:password-reset"), {"email": email})
    given = {"email": email, "code": secrets_in(mailbox[-1]).code, "new_password": NEW}
    url = reverse("starterkit_auth:password-reset-confirmation")
    busy()

    for _ in range(3):
        assert_busy(api.post(url, given))

    assert not Challenge.objects.filter(attempts__gt=0).exists()
    held.goes_on.set()
    until(lambda: not held.running and not hashing._queue._waiting)
    assert api.post(url, given).status_code == HTTPStatus.NO_CONTENT


@BOTH
def test_a_refused_change_of_the_password_changes_nothing(
    member, opened, busy, calling
):
    url = reverse("starterkit_auth:password")
    busy()

    response = calling(opened).put(
        url, {"current_password": PASSWORD, "new_password": NEW}
    )

    assert_busy(response)
    assert calling(opened).get(SESSION).status_code == HTTPStatus.OK
    member.refresh_from_db()
    assert member.check_password(PASSWORD)


@BOTH
def test_a_refused_registration_makes_no_account(busy, api, mailbox):
    url = reverse("starterkit_auth:registration")
    busy()

    response = api.post(url, {"email": "new@example.com", "password": NEW})

    assert_busy(response)
    assert not get_user_model()._base_manager.exists()
    assert mailbox == []


class Own(BaseBackend):
    """A backend that hashes in a way of its own."""

    asked: ClassVar[list[str]] = []

    def authenticate(self, request, username=None, password=None):
        self.asked.append(username)


@pytest.mark.needs_address
@BOTH
@pytest.mark.parametrize("door", ["session", "session-step-up"])
def test_no_backend_is_asked_out_of_turn(
    *, member, open_for, calling, busy, tune, settings, door
):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.Own"]
    tune(ASK_BACKENDS=True)
    member.set_unusable_password()
    member.save()
    caller, email = calling(open_for(member)), user_addresses.address_of(member)
    Own.asked.clear()
    busy()

    given = {"password": PASSWORD} | ({"email": email} if door == "session" else {})
    assert_busy(caller.post(reverse(f"starterkit_auth:{door}"), given))

    assert Own.asked == []


@BOTH
def test_no_door_of_django_seeks_a_user_without_a_turn(busy):
    busy()
    given = CheckCredentialsInput(
        username="nobody@example.com", password=PASSWORD, client=NO_CLIENT
    )

    with CaptureQueriesContext(connection) as statements, pytest.raises(Busy):
        CheckCredentials.execute(given)

    assert len(statements) == 0


def test_other_requests_are_answered_meanwhile(opened, full, calling):
    assert calling(opened).get(SESSION).status_code == HTTPStatus.OK


@pytest.mark.needs_address
def test_who_waits_gets_a_turn_when_a_hash_ends(member, hash_in_threads, sign_in, held):
    hash_in_threads(1)
    until(lambda: held.running)
    ending = Thread(target=lambda: (sleep(0.1), held.goes_on.set()))

    ending.start()

    assert sign_in(user_addresses.address_of(member)).status_code == 201
    ending.join()


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_more_are_hashed_at_once_than_the_setting_says(
    at_once, hash_in_threads, tune, held
):
    tune(HASHES_AT_ONCE=at_once)

    refused = hash_in_threads(16)

    until(lambda: len(refused) == 16 - 2 * at_once)
    held.goes_on.set()
    until(lambda: not held.running and not hashing._queue._waiting)
    assert max(held.most) == at_once
    assert {error.retry_after for error in refused} == {2}


class Broken(PBKDF2PasswordHasher):
    def encode(self, *args, **kwargs):
        raise MemoryError

    verify = encode


@pytest.mark.needs_address
def test_an_error_gives_the_turn_back(member, sign_in, api, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Broken"]
    api.raise_request_exception = False
    failed = sign_in("nobody@example.com")

    settings.PASSWORD_HASHERS = [f"{__name__}.Held"]

    assert failed.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert sign_in(user_addresses.address_of(member)).status_code == 201


def test_a_turn_inside_of_a_turn_is_the_same_one(full, held):
    held.goes_on.set()
    until(lambda: not held.running and not hashing._queue._waiting)

    with hashing.turn(), hashing.turn():
        hashing.check_room()
        passwords.encode(PASSWORD)

    assert hashing._queue._hashing == 0


def test_a_flood_of_refusals_is_logged_once_a_second(full, sign_in, caplog):
    hashing._queue._logged_at = float("-inf")

    for _ in range(5):
        assert_busy(sign_in("nobody@example.com"))

    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["auth.hashing_busy: requests are answered 503"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
# Python warns of any fork beside threads; here that is what is tested.
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_new_process_has_turns_of_its_own(full):
    child = os.fork()
    if child == 0:
        try:
            with hashing.turn():
                os._exit(0)
        finally:
            os._exit(1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


class Watching(PBKDF2PasswordHasher):
    """It notes whether a transaction is open while it hashes."""

    iterations = 2
    in_transaction: ClassVar[list[bool]] = []

    def encode(self, *args, **kwargs):
        self.in_transaction.append(connection.in_atomic_block)
        return super().encode(*args, **kwargs)


class Former(Watching):
    """What was preferred when the password was set."""

    algorithm = "former"


@pytest.mark.needs_address
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("password", [PASSWORD, "wrong"])
def test_no_transaction_is_open_while_an_outdated_hash_is_checked(
    make_user, sign_in, settings, password
):
    settings.PASSWORD_HASHERS = [f"{__name__}.Former"]
    user = make_user()
    settings.PASSWORD_HASHERS = [f"{__name__}.Watching", f"{__name__}.Former"]
    Watching.in_transaction.clear()

    sign_in(user_addresses.address_of(user), password)

    assert Watching.in_transaction
    assert not any(Watching.in_transaction)
    user.refresh_from_db()
    assert user.password.startswith("former") == (password == "wrong")
