from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.signals import user_login_failed
from django.core.checks import run_checks
from django.utils import timezone

from starterkit_auth.models import EmailAddress

from .backends import ASKED, PEOPLE

SECRET = PEOPLE["grace@example.com"]


@pytest.fixture
def grace(person):
    """An employee whom this project has not seen yet."""
    person.email = "grace@example.com"
    ASKED.clear()
    return person


def user():
    return get_user_model().objects.get(email="grace@example.com")


def test_customers_have_the_journey(person):
    wrong = person.walk()

    assert wrong == ""


def test_an_employee_signs_in_with_the_password_of_the_directory(grace):
    first, again = grace.sign_in(SECRET), grace.sign_in(SECRET)

    assert (first.status_code, again.status_code) == (201, 201)
    assert grace.read_me().json()["email"] == "grace@example.com"
    assert not user().has_usable_password()


def test_the_directory_vouches_but_no_address_is_taken_for_proven(grace, mailbox):
    grace.sign_in(SECRET)

    assert not mailbox
    assert not EmailAddress.objects.exclude(verified_at=None).exists()


def test_a_wrong_password_is_refused_and_counted(grace, received, settings):
    settings.STARTERKIT_AUTH = {
        **settings.STARTERKIT_AUTH,
        "SIGN_IN_ACCOUNT_LIMIT": "2/15m",
    }
    failed = received(user_login_failed)

    answers = [grace.sign_in("wrong") for _ in range(3)]

    codes = [answer.json()["code"] for answer in answers]
    assert codes == ["invalid_credentials", "invalid_credentials", "rate_limited"]
    assert [facts["credentials"] for facts in failed] == [
        {"username": "grace@example.com", "email": "grace@example.com"}
    ] * 2
    assert len(ASKED) == 2


@pytest.mark.parametrize("known", [True, False])
def test_every_wrong_password_costs_the_same(person, known, hashes):
    """One hash and one question to the directory, account or not."""
    if known:
        person.sign_up()
        person.confirm()
    ASKED.clear()
    hashes.clear()

    answer = person.sign_in("wrong")

    assert answer.json()["code"] == "invalid_credentials"
    assert (len(ASKED), len(hashes)) == (1, 1)


@pytest.fixture
def hashes(monkeypatch):
    """Every password that was hashed."""
    made, encode = [], MD5PasswordHasher.encode

    def note(self, password, salt):
        made.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return made


def test_an_inactive_employee_is_refused(grace):
    grace.sign_in(SECRET)
    get_user_model().objects.update(is_active=False)

    assert grace.sign_in(SECRET).json()["code"] == "invalid_credentials"


def test_a_directory_that_is_down_makes_no_server_error(grace, caplog):
    grace.client.raise_request_exception = False

    answer = grace.sign_in("the server is down")

    assert (answer.status_code, answer.json()["code"]) == (503, "service_unavailable")
    assert answer["Retry-After"] == "5"
    assert "ConnectionError" in caplog.text
    assert "the server is down" not in caplog.text


def test_the_directory_cannot_sign_in_to_the_account_of_another_user(
    grace, make_user, monkeypatch
):
    """The address belongs to an account here whose name the directory knows, too."""
    monkeypatch.setattr(
        get_user_model(), "get_username", lambda self: "grace@example.com"
    )
    grace.email = make_user().email

    answer = grace.sign_in(SECRET)

    assert answer.json()["code"] == "invalid_credentials"


def test_an_employee_steps_up_with_the_password_of_the_directory(grace):
    grace.sign_in(SECRET)
    later = timezone.now() + timedelta(minutes=11)

    with time_machine.travel(later):
        sign_in_again = {"email": "new@example.com"}
        grace.refresh()
        asked = grace.send("POST auth/v1/email/change/", sign_in_again)
        wrong = grace.send("POST auth/v1/session/step-up/", {"password": "wrong"})
        right = grace.send("POST auth/v1/session/step-up/", {"password": SECRET})

    assert (asked.json()["code"], asked.json()["how"]) == (
        "step_up_required",
        "password",
    )
    assert wrong.json()["code"] == "wrong_password"
    assert right.status_code == 200


def test_the_directory_keeps_the_only_password(grace, mailbox):
    grace.sign_in(SECRET)

    body = {"new_password": "another password here"}
    change = grace.send("PUT auth/v1/password/", body)
    reset = grace.ask_for_reset()

    assert (change.status_code, change.json()["code"]) == (409, "no_password")
    assert reset.status_code == 202
    assert not mailbox


def test_without_the_setting_the_directory_is_not_asked_and_check_says_so(
    grace, settings
):
    settings.STARTERKIT_AUTH = {"FRONTEND_URL": "https://app.example.com"}

    answer = grace.sign_in(SECRET)

    assert answer.json()["code"] == "invalid_credentials"
    assert not ASKED
    [message] = [
        it for it in run_checks(tags=["starterkit"]) if it.id == "starterkit_auth.W005"
    ]
    assert "tests.hosts.directory.backends.DirectoryBackend" in message.msg
    assert "ModelBackend" not in message.msg


def test_signing_in_by_the_directory_leaves_a_proof_as_it_is(grace):
    grace.sign_in(SECRET)
    proven = timezone.now()
    mailbox = {"address": grace.email, "key": grace.email, "verified_at": proven}
    EmailAddress.objects.update_or_create(user=user(), defaults=mailbox)

    grace.sign_in(SECRET)

    assert EmailAddress.objects.get().verified_at == proven
