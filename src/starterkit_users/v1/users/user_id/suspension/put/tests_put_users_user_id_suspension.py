"""PUT v1/users/<user_id>/suspension/."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import authenticate, get_user_model
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_core.signals import status_changed
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import Status
from starterkit_users.services import lifecycle

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not lifecycle.can_close(), reason="is_active is computed"),
]
with_columns = pytest.mark.skipif(
    not lifecycle.has_status(), reason="the user model has no columns of the state"
)

SPAM = {"reason": "Spam in comments"}


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-suspension", args=[user_id])


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


def signs_in(user):
    return authenticate(username=user.get_username(), password=PASSWORD) is not None


def test_asks_for_a_recent_proof(client_of, manager, user, proof):
    proof.is_recent = False

    response = client_of(manager).put(url_of(user.pk), SPAM)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert stored(user).is_active


def test_the_user_cannot_sign_in(client_of, manager, user):
    response = client_of(manager).put(url_of(user.pk), SPAM)

    assert response.status_code == HTTPStatus.OK
    assert response.json()["is_active"] is False
    assert not signs_in(user)


def test_answers_as_a_read_does(client_of, manager, user, permit):
    permit(manager, "view")

    answer = client_of(manager).put(url_of(user.pk), SPAM).json()
    read = client_of(manager).get(
        reverse("starterkit_users:users-user-id", args=[user.pk])
    )

    assert answer == read.json()


@with_columns
def test_says_why_since_when_and_by_whom(client_of, manager, user):
    body = client_of(manager).put(url_of(user.pk), SPAM).json()

    assert body["status"] == "suspended"
    assert body["status_reason"] == "Spam in comments"
    assert body["status_until"] is None
    assert body["status_by"] == str(manager.pk)
    assert body["status_since"].endswith("Z")


@with_columns
def test_ends_by_itself(client_of, manager, user):
    until = timezone.now() + timedelta(days=7)
    body = SPAM | {"until": until.isoformat()}
    response = client_of(manager).put(url_of(user.pk), body)
    assert response.json()["status_until"].startswith(f"{until:%Y-%m-%dT%H:%M:%S}")
    assert not signs_in(user)

    with time_machine.travel(until + timedelta(seconds=1)):
        assert signs_in(user)
        read = client_of(manager).get(
            reverse("starterkit_users:users-user-id", args=[user.pk])
        )
        if read.status_code == HTTPStatus.OK:
            assert read.json()["status"] == "active"


@with_columns
def test_again_changes_reason_and_end(client_of, manager, user):
    until = (timezone.now() + timedelta(days=7)).isoformat()
    client_of(manager).put(url_of(user.pk), SPAM | {"until": until})

    client_of(manager).put(url_of(user.pk), {"reason": "Fraud", "until": None})

    user = stored(user)
    assert (user.status_reason, user.status_until) == ("Fraud", None)


def test_records_who_did_it_and_tells_receivers(client_of, manager, user, received):
    changes = received(status_changed)

    client_of(manager).put(url_of(user.pk), SPAM)

    event = AuditEvent.objects.get(action="users.suspended")
    assert (event.actor_id, event.subject_id) == (str(manager.pk), str(user.pk))
    assert event.facts == {"until": None}
    assert event.reason == "Spam in comments"
    assert [(it["former"], it["status"]) for it in changes] == [
        (Status.ACTIVE, Status.SUSPENDED)
    ]


@with_columns
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({"reason": ""}, "reason"),
        ({"reason": None}, "reason"),
        ({"reason": 7}, "reason"),
        ({"reason": "a\0b"}, "reason"),
        ({"reason": "x" * 501}, "reason"),
        (SPAM | {"until": "2020-01-01T00:00:00Z"}, "until"),
        (SPAM | {"until": "tomorrow"}, "until"),
        (SPAM | {"until": "2030-01-01T00:00:00"}, "until"),
        (SPAM | {"until": 7}, "until"),
    ],
)
def test_refuses_an_invalid_body(client_of, manager, user, body, field):
    response = client_of(manager).put(url_of(user.pk), body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert {it["pointer"] for it in response.json()["errors"]} == {f"/{field}"}
    assert stored(user).is_active


@pytest.mark.parametrize(
    "user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "-1", "me", "%00", "\ud7ff"]
)
def test_an_id_that_no_user_has_is_not_found(client_of, manager, user_id):
    response = client_of(manager).put(url_of(user_id), SPAM)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"


@with_columns
def test_an_erased_account_is_not_found(client_of, manager, make_user):
    erased = make_user(status=Status.ERASED)

    response = client_of(manager).put(url_of(erased.pk), SPAM)

    assert response.json()["code"] == "user_not_found"


@with_columns
@pytest.mark.parametrize("status", [Status.INVITED, Status.DELETION_SCHEDULED])
def test_refuses_an_account_in_another_state(client_of, manager, make_user, status):
    other = make_user(status=status, status_until=timezone.now())

    response = client_of(manager).put(url_of(other.pk), SPAM)

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "wrong_status"
    assert response.json()["account_status"] == status
    assert stored(other).status == status


def test_refuses_the_own_account(client_of, manager):
    response = client_of(manager).put(url_of(manager.pk), SPAM)

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "own_account"
    assert stored(manager).is_active


def test_refuses_a_user_who_ranks_above(client_of, manager, make_user):
    chief = make_user(is_superuser=True)

    response = client_of(manager).put(url_of(chief.pk), SPAM)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert stored(chief).is_active


def test_needs_the_permission_to_change_users(client_of, administrator, user):
    response = client_of(administrator).put(url_of(user.pk), SPAM)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"
    assert stored(user).is_active


@pytest.mark.django_db(transaction=True)
def test_of_two_superusers_who_suspend_each_other_one_stays(
    at_once, client_of, make_user
):
    chiefs = [make_user(is_superuser=True) for _ in range(2)]

    def suspend_the_other(number):
        client = client_of(stored(chiefs[number]))
        return client.put(url_of(chiefs[1 - number].pk), SPAM)

    answers = at_once(2, suspend_the_other)

    assert sorted(it.status_code for it in answers) in (
        [200, 401],
        [200, 403],
        [200, 409],
    )
    assert sum(stored(it).is_active for it in chiefs) == 1


def test_the_end_is_saved_in_utc(client_of, manager, user):
    if not lifecycle.has_status():
        pytest.skip("no column")
    client_of(manager).put(
        url_of(user.pk), SPAM | {"until": "2999-01-01T02:00:00+02:00"}
    )

    assert stored(user).status_until == datetime(2999, 1, 1, tzinfo=UTC)
