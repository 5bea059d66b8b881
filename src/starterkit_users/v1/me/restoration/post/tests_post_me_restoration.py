"""POST v1/me/restoration/."""

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
    pytest.mark.skipif(
        not lifecycle.has_status(), reason="the user model has no columns of the state"
    ),
]


def restore(client):
    return client.post(reverse("starterkit_users:me-restoration"))


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


@pytest.mark.parametrize("status", [Status.DELETION_SCHEDULED, Status.DEACTIVATED])
def test_the_account_is_active_again(client_of, make_user, status):
    user = make_user(status=status, status_until=timezone.now() + timedelta(days=1))

    response = restore(client_of(user))

    assert response.status_code == HTTPStatus.OK
    assert response.json()["status"] == "active"
    assert (stored(user).status, stored(user).status_until) == ("active", None)
    assert AuditEvent.objects.filter(action="users.restored").count() == 1


def test_an_active_account_stays_as_it_is(client_of, user):
    response = restore(client_of(user))

    assert response.status_code == HTTPStatus.OK
    assert not AuditEvent.objects.filter(action="users.restored").exists()


def test_does_not_lift_a_suspension(client_of, make_user):
    user = make_user()
    client = client_of(user)
    get_user_model()._base_manager.filter(pk=user.pk).update(
        status=Status.SUSPENDED, is_active=False
    )

    response = restore(client)

    assert response.json()["code"] == "wrong_status"
    assert stored(user).status == Status.SUSPENDED


def test_an_erased_account_is_gone(client_of, make_user):
    user = make_user()
    client = client_of(user)
    get_user_model()._base_manager.filter(pk=user.pk).update(
        status=Status.ERASED, is_active=False
    )

    response = restore(client)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_needs_a_signed_in_user(api):
    assert restore(api).status_code == HTTPStatus.UNAUTHORIZED
