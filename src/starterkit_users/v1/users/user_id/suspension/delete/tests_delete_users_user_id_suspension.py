"""DELETE v1/users/<user_id>/suspension/."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_users.models import Status
from starterkit_users.services import lifecycle

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not lifecycle.can_close(), reason="is_active is computed"),
]
with_columns = pytest.mark.skipif(
    not lifecycle.has_status(), reason="the user model has no columns of the state"
)


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-suspension", args=[user_id])


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


@pytest.fixture
def suspended(make_user):
    return make_user(is_active=False)


def test_asks_for_a_recent_proof(client_of, manager, suspended, proof):
    proof.is_recent = False

    response = client_of(manager).delete(url_of(suspended.pk))

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert not stored(suspended).is_active


def test_the_user_can_sign_in_again(client_of, manager, suspended):
    response = client_of(manager).delete(url_of(suspended.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert stored(suspended).is_active
    event = AuditEvent.objects.get(action="users.suspension_lifted")
    assert (event.actor_id, event.subject_id) == (str(manager.pk), str(suspended.pk))


@with_columns
def test_forgets_reason_and_end(client_of, manager, make_user):
    user = make_user(
        status=Status.SUSPENDED, status_reason="Spam", status_until=timezone.now()
    )
    get_user_model().objects.filter(pk=user.pk).update(
        status_until=timezone.now() + timedelta(days=1)
    )

    client_of(manager).delete(url_of(user.pk))

    user = stored(user)
    assert (user.status, user.status_reason, user.status_until) == ("active", "", None)


def test_of_an_active_account_changes_no_row(client_of, manager, user):
    response = client_of(manager).delete(url_of(user.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not AuditEvent.objects.filter(action="users.suspension_lifted").exists()


@with_columns
@pytest.mark.parametrize(
    "status", [Status.INVITED, Status.DEACTIVATED, Status.DELETION_SCHEDULED]
)
def test_refuses_an_account_in_another_state(client_of, manager, make_user, status):
    other = make_user(status=status)

    response = client_of(manager).delete(url_of(other.pk))

    assert response.json()["code"] == "wrong_status"
    assert stored(other).status == status


@pytest.mark.parametrize(
    "user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "me", "%00"]
)
def test_an_id_that_no_user_has_is_not_found(client_of, manager, user_id):
    response = client_of(manager).delete(url_of(user_id))

    assert response.json()["code"] == "user_not_found"


def test_refuses_a_user_who_ranks_above(client_of, manager, make_user):
    chief = make_user(is_superuser=True, is_active=False)

    response = client_of(manager).delete(url_of(chief.pk))

    assert response.json()["code"] == "higher_rank"
    assert not stored(chief).is_active


def test_refuses_the_own_account(client_of, manager):
    response = client_of(manager).delete(url_of(manager.pk))

    assert response.json()["code"] == "own_account"


def test_needs_the_permission_to_change_users(client_of, administrator, suspended):
    response = client_of(administrator).delete(url_of(suspended.pk))

    assert response.json()["code"] == "permission_denied"
    assert not stored(suspended).is_active
