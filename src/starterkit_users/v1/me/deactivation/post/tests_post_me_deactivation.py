"""POST v1/me/deactivation/."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.signals import session_started
from starterkit_users.models import Status
from starterkit_users.services import lifecycle

ME = reverse("starterkit_users:me")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not lifecycle.has_status(), reason="the user model has no columns of the state"
    ),
]


def deactivate(client):
    return client.post(reverse("starterkit_users:me-deactivation"))


def stored(user):
    return get_user_model()._base_manager.get(pk=user.pk)


def test_switches_the_account_off_and_ends_its_sessions(client_of, user, access):
    response = deactivate(client_of(user))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert stored(user).status == Status.DEACTIVATED
    assert access.asked == [("end_sessions", user, user)]
    assert AuditEvent.objects.filter(action="users.deactivated").count() == 1


def test_other_endpoints_say_so(client_of, user):
    deactivate(client_of(user))

    response = client_of(stored(user)).patch(ME, {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "account_deactivated"


@pytest.mark.parametrize("module_of_ours", [True, False])
def test_the_next_sign_in_switches_it_on(client_of, user, module_of_ours, rf):
    deactivate(client_of(user))
    user = stored(user)

    if module_of_ours:
        session_started.send_robust(type(user), user=user, session=None)
    else:
        user_logged_in.send(type(user), request=rf.get("/"), user=user)

    assert stored(user).status == Status.ACTIVE
    assert client_of(stored(user)).patch(ME, {"first_name": "Ada"}).status_code == (
        HTTPStatus.OK
    )


def test_a_scheduled_deletion_stays_scheduled(client_of, make_user):
    user = make_user(status=Status.DELETION_SCHEDULED)

    response = deactivate(client_of(user))

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert stored(user).status == Status.DELETION_SCHEDULED


def test_needs_a_signed_in_user(api):
    assert deactivate(api).status_code == HTTPStatus.UNAUTHORIZED
