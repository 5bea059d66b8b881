from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import account_access

from .use_case import EndUserSessions

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not account_access.available(), reason="no module has sessions here"
    ),
]


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-sessions", args=[user_id])


def test_ends_all_sessions_of_the_user(client_of, manager, access, user):
    response = client_of(manager).delete(url_of(user.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert access.asked == [("end_sessions", user, manager)]


def test_records_who_ended_them(client_of, manager, access, user):
    client_of(manager).delete(url_of(user.pk))

    event = AuditEvent.objects.get(action="users.sessions_ended")
    assert (event.actor_id, event.subject_id) == (str(manager.pk), str(user.pk))
    assert (event.facts, event.reason) == ({"number": 2}, "")


def test_records_no_event_where_there_was_no_session(client_of, manager, access, user):
    access.number = 0

    response = client_of(manager).delete(url_of(user.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not AuditEvent.objects.filter(action="users.sessions_ended").exists()


@pytest.mark.parametrize(
    "user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "-1", "me", "%00", "\ud7ff"]
)
def test_an_id_that_no_user_has_is_not_found(client_of, manager, access, user_id):
    response = client_of(manager).delete(url_of(user_id))

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"
    assert not access.asked


def test_refuses_a_user_who_ranks_above(client_of, manager, access, make_user):
    chief = make_user(is_superuser=True)

    response = client_of(manager).delete(url_of(chief.pk))

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert not access.asked


def test_needs_the_permission_to_change_users(client_of, administrator, access, user):
    response = client_of(administrator).delete(url_of(user.pk))

    assert response.json()["code"] == "permission_denied"
    assert not access.asked


def test_needs_a_signed_in_user(api, user):
    response = api.delete(url_of(user.pk))

    assert response.status_code == HTTPStatus.UNAUTHORIZED


class ForNobody(EndUserSessions):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_rank(self, user):
        raise PermissionError


def test_a_host_can_replace_one_step(client_of, manager, access, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.sessions.delete": f"{__name__}.ForNobody"
    }

    with pytest.raises(PermissionError):
        client_of(manager).delete(url_of(user.pk))
