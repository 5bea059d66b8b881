"""The time of an answer does not reveal whether an address has an account."""

from statistics import median
from time import perf_counter, process_time

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection

from starterkit_core.testing.client import ApiClient
from tests.security.attacks import AUTH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits")]

SAMPLES = 9

ATTEMPTS = 8
"""How often to measure again when another process disturbed the measurement."""

SHARE = 0.10
SECONDS = 0.005
GOOD = "a rose is a rose is a"

QUESTIONS = {
    "sign-in": ("session/", {"password": "this is not the password"}),
    "registration": ("registration/", {"password": GOOD}),
    "reset": ("password/reset/", {}),
}


class Hasher(PBKDF2PasswordHasher):
    """What Django ships, at a fourth of its cost so that the test ends."""

    iterations = 400_000


@pytest.fixture(autouse=True)
def slow_hash(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Hasher"]


@pytest.fixture
def states(make_user, make_member):
    """Return a function that gives a fresh address of each kind."""
    known, inactive, unproven = make_member(), make_member(is_active=False), make_user()
    without = make_member()
    without.set_unusable_password()
    without.save()
    return {
        "known": known.email,
        "inactive": inactive.email,
        "unproven": unproven.email,
        "without a password": without.email,
    }


def clock():
    """Return what to measure by.

    SQLite works in this process, so its time is all there is to an answer, and nothing
    else that runs on the machine is in it.
    """
    return process_time if connection.vendor == "sqlite" else perf_counter


def seconds(path, body, email):
    client, body, now = ApiClient(), body | {"email": email}, clock()
    start = now()
    answer = client.post(AUTH + path, body)
    assert answer.status_code in {202, 401}
    return now() - start


def differences(path, body, states):
    """Return how much each state differs from an unknown address, and how much may."""
    times = {"unknown": [], **{state: [] for state in states}}
    for number in range(SAMPLES):  # in turn, so that what slows one slows all
        email = f"{path.strip('/').replace('/', '-')}{number}@unknown.example"
        times["unknown"].append(seconds(path, body, email))
        for state, address in states.items():
            times[state].append(seconds(path, body, address))
    medians = {state: median(taken[1:]) for state, taken in times.items()}
    unknown = medians.pop("unknown")
    allowed = max(SHARE * unknown, SECONDS)
    return {state: abs(taken - unknown) for state, taken in medians.items()}, allowed


@pytest.mark.slow
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_account_takes_as_long_as_none(states, question):
    path, body = QUESTIONS[question]

    for _ in range(ATTEMPTS):
        measured, allowed = differences(path, body, states)
        if max(measured.values()) < allowed:
            return

    pytest.fail(f"{measured} differ by more than {allowed}")
