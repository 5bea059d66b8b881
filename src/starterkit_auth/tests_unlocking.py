"""Support lets a person try again at once: ``auth_unlock``."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.cache.backends.locmem import LocMemCache
from django.core.management import CommandError, call_command
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db

SESSION = reverse("starterkit_auth:session")
RESET = reverse("starterkit_auth:password-reset")
RESET_CONFIRMATION = reverse("starterkit_auth:password-reset-confirmation")
WRONG = "this is not the password"
UNKNOWN = "unknown@example.com"


class Down(LocMemCache):
    def delete_many(self, keys, version=None):
        raise ConnectionError


def sign_in(email, password=WRONG):
    return ApiClient().post(SESSION, {"email": email, "password": password})


def guess_code(email):
    body = {"email": email, "code": "000000", "new_password": "a rose is a rose is a"}
    return ApiClient().post(RESET_CONFIRMATION, body)


def unlock(named):
    said = StringIO()
    call_command("auth_unlock", user=named, stdout=said)
    return said.getvalue()


@pytest.fixture
def few(tune):
    """An account has few attempts, and its network many."""
    tune(
        SIGN_IN_ACCOUNT_LIMIT="2/15m",
        SIGN_IN_FAILURE_LIMIT="2/1d",
        CONFIRMATION_ADDRESS_LIMIT="2/1h",
        FRONTEND_URL="https://app.example.com",
    )


def locked_out(email, attempt=sign_in):
    answers = [attempt(email).status_code for _ in range(3)]
    assert answers[-1] == 429
    return email


@pytest.mark.parametrize("named", ["email", "pk"])
@pytest.mark.usefixtures("few")
def test_lets_the_owner_sign_in_at_once(member, named):
    locked_out(member.email)

    said = unlock(str(getattr(member, named)))

    assert said == f"{getattr(member, named)}: may try again\n"
    assert sign_in(member.email, PASSWORD).status_code == 201


@pytest.mark.usefixtures("few")
def test_another_spelling_will_do(member):
    locked_out(member.email)

    unlock(member.email.upper())

    assert sign_in(member.email, PASSWORD).status_code == 201


@pytest.mark.usefixtures("few")
def test_lets_codes_be_tried_again(member):
    locked_out(member.email, guess_code)

    unlock(member.email)

    assert guess_code(member.email).status_code == 400


@pytest.mark.usefixtures("few")
def test_lets_mails_be_sent_again(member, tune, mailbox):
    tune(RESEND_ADDRESS_LIMIT="4/1h", RESEND_COOLDOWN=timedelta(seconds=1))
    body = {"email": member.email}
    for number in range(1, 6):
        ApiClient().post(RESET, body, REMOTE_ADDR=f"203.0.113.{number}")
    before = len(mailbox)

    unlock(member.email)
    ApiClient().post(RESET, body, REMOTE_ADDR="203.0.113.9")

    assert len(mailbox) == before + 1


@pytest.mark.usefixtures("few")
def test_an_address_without_an_account_counts_and_is_cleared_all_the_same():
    locked_out(UNKNOWN)

    unlock(UNKNOWN)

    assert sign_in(UNKNOWN).status_code == 401


@pytest.mark.usefixtures("few")
def test_another_account_stays_locked(member):
    locked_out(member.email)
    locked_out(UNKNOWN)

    unlock(UNKNOWN)

    assert sign_in(member.email, PASSWORD).status_code == 429


@pytest.mark.usefixtures("few")
def test_records_it(member):
    unlock(member.email)

    event = AuditEvent.objects.get(action="auth.limits_lifted")
    assert event.subject_id == str(member.pk)


def test_says_that_there_is_no_such_user():
    with pytest.raises(CommandError, match="There is no user 0"):
        unlock("0")


def test_says_that_the_cache_is_down(member, settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.Down"}}

    with pytest.raises(CommandError, match="The cache with the limits is down"):
        unlock(member.email)

    assert not AuditEvent.objects.filter(action="auth.limits_lifted").exists()
