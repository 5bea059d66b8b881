"""DELETE v1/me/, and what is left of an account until it is erased."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import Status
from starterkit_users.services import lifecycle

URL = reverse("starterkit_users:me")

pytestmark = pytest.mark.django_db
with_columns = pytest.mark.skipif(
    not lifecycle.has_status(), reason="the user model has no columns of the state"
)


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


def restore(client):
    return client.post(reverse("starterkit_users:me-restoration"))


@with_columns
def test_says_when_the_account_will_be_erased(client_of, user):
    with time_machine.travel("2026-11-26T09:30:00Z", tick=False):
        response = client_of(user).delete(URL)

    assert response.status_code == HTTPStatus.ACCEPTED
    assert response.json() == {"at": "2026-12-10T09:30:00Z"}
    assert stored(user).status == Status.DELETION_SCHEDULED
    assert stored(user).is_active


@with_columns
def test_ends_all_sessions(client_of, user, access):
    client_of(user).delete(URL)

    assert access.asked == [("end_sessions", user, user)]


@pytest.mark.usefixtures("with_addresses")
@with_columns
def test_a_mail_says_when_and_how_to_keep_the_account(client_of, user, mailbox, tuner):
    tuner("STARTERKIT_USERS")(PAGES_URL="https://api.example.com")

    client_of(user).delete(URL)

    (mail,) = mailbox
    assert mail.to == [getattr(user, user.get_email_field_name())]
    assert "https://api.example.com" in mail.body


@with_columns
def test_the_own_endpoints_answer_that_the_account_leaves(client_of, user):
    client_of(user).delete(URL)

    response = client_of(stored(user)).patch(URL, {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "deletion_scheduled"
    assert response.json()["at"].endswith("Z")


@with_columns
def test_the_account_can_still_be_read_and_restored(client_of, user):
    client_of(user).delete(URL)
    client = client_of(stored(user))
    assert client.get(URL).json()["status"] == "deletion_scheduled"

    response = restore(client)

    assert response.status_code == HTTPStatus.OK
    assert response.json()["status"] == "active"
    assert client_of(stored(user)).patch(URL, {"first_name": "Ada"}).status_code == (
        HTTPStatus.OK
    )


@with_columns
def test_the_owner_can_sign_in_until_then(client_of, user):
    client_of(user).delete(URL)

    assert authenticate(username=user.get_username(), password=PASSWORD) == user


@pytest.mark.usefixtures("with_addresses")
@with_columns
def test_again_keeps_the_moment(client_of, user, mailbox):
    first = client_of(user).delete(URL).json()

    with time_machine.travel(timezone.now() + timedelta(days=3)):
        again = client_of(stored(user)).delete(URL).json()

    assert again == first
    assert len(mailbox) == 1


@with_columns
def test_is_erased_when_the_time_is_over(client_of, user, mailbox):
    client_of(user).delete(URL)

    with time_machine.travel(timezone.now() + timedelta(days=13)):
        call_command("users_purge")
        assert stored(user).status == Status.DELETION_SCHEDULED
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        call_command("users_purge")

    user = stored(user)
    assert (user.status, user.is_active, user.first_name) == ("erased", False, "")


@with_columns
def test_a_restored_account_is_not_erased(client_of, user):
    client_of(user).delete(URL)
    restore(client_of(stored(user)))

    with time_machine.travel(timezone.now() + timedelta(days=15)):
        call_command("users_purge")

    assert stored(user).status == Status.ACTIVE


@pytest.mark.usefixtures("with_addresses")
def test_without_a_grace_period_the_erasure_begins_now(client_of, user, tuner):
    tuner("STARTERKIT_USERS")(DELETION_GRACE=timedelta())

    response = client_of(user).delete(URL)

    assert response.status_code == HTTPStatus.ACCEPTED
    assert response.json() == {"at": None}
    assert not stored(user).is_active
    assert "example.com" not in str(getattr(stored(user), user.get_email_field_name()))


@with_columns
def test_records_that_the_owner_leaves(client_of, user):
    client_of(user).delete(URL)

    event = AuditEvent.objects.get(action="users.deletion_scheduled")
    assert (event.actor_id, event.subject_id) == (str(user.pk), str(user.pk))
    assert event.facts["at"].endswith("Z")


def test_the_last_superuser_stays(client_of, make_user):
    chief = make_user(is_superuser=True)

    response = client_of(chief).delete(URL)

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "last_superuser"
    assert stored(chief).is_active


def test_needs_a_signed_in_user(api):
    assert api.delete(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_asks_for_a_recent_proof(client_of, user, proof):
    proof.is_recent = False

    response = client_of(user).delete(URL)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert stored(user).is_active


@with_columns
@pytest.mark.django_db(transaction=True)
def test_of_a_restoration_and_an_erasure_at_once_one_wins(at_once, client_of, user):
    client_of(user).delete(URL)
    later = timezone.now() + timedelta(days=15)

    def act(number):
        if number:
            return restore(client_of(stored(user))).status_code
        return call_command("users_purge")

    with time_machine.travel(later):
        (status,) = filter(None, at_once(2, act))  # the command returns none

    won = Status.ACTIVE if status == HTTPStatus.OK else Status.ERASED
    assert stored(user).status == won
    assert status in {HTTPStatus.OK, HTTPStatus.UNAUTHORIZED}
