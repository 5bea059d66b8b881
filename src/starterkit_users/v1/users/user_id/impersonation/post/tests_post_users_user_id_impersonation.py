from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import impersonation

from .use_case import StartImpersonation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not impersonation.available(), reason="no module has sessions here"
    ),
]


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-impersonation", args=[user_id])


BODY = {"reason": "Ticket 4711"}


def test_answers_the_token_and_the_user(client_of, supporter, impersonations, user):
    response = client_of(supporter).post(url_of(user.pk), BODY)

    assert response.status_code == HTTPStatus.CREATED
    assert response.json()["access_token"] == "ski_token"
    assert response.json()["expires_in"] == 1_800
    assert response.json()["user"]["id"] == str(user.pk)
    assert impersonations.asked == [("begin", user, supporter)]


def test_records_who_why_and_which(client_of, supporter, impersonations, user):
    shown = client_of(supporter).post(url_of(user.pk), BODY).json()

    event = AuditEvent.objects.get(action="users.impersonation_started")
    assert (event.actor_id, event.subject_id) == (str(supporter.pk), str(user.pk))
    assert event.facts == {"impersonation": shown["id"]}
    assert event.reason == "Ticket 4711"
    assert "ski_token" not in str(event.facts)


@pytest.mark.parametrize("reason", ["", " ", "a\0b", "x" * 501, 7, None, ["x"]])
def test_needs_a_reason_that_can_be_saved(
    client_of, supporter, impersonations, user, reason
):
    response = client_of(supporter).post(url_of(user.pk), {"reason": reason})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/reason"
    assert not impersonations.asked


@pytest.mark.parametrize("fields", [{"is_superuser": True}, {"is_staff": True}])
def test_refuses_a_user_with_a_right_that_the_actor_lacks(
    client_of, supporter, impersonations, make_user, fields
):
    other = make_user(**fields)

    response = client_of(supporter).post(url_of(other.pk), BODY)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "not_below_rank"
    assert not impersonations.asked


def test_refuses_peers_and_the_actors_themselves(
    client_of, supporter, impersonations, make_user
):
    peer = make_user()
    peer.user_permissions.set(supporter.user_permissions.all())

    codes = {
        client_of(supporter).post(url_of(other.pk), BODY).json()["code"]
        for other in (peer, supporter)
    }

    assert codes == {"not_below_rank"}
    assert not impersonations.asked


def test_needs_the_permission(client_of, manager, impersonations, user):
    response = client_of(manager).post(url_of(user.pk), BODY)

    assert response.json()["code"] == "permission_denied"
    assert not impersonations.asked


def test_needs_a_signed_in_user(api, user):
    assert api.post(url_of(user.pk), BODY).status_code == HTTPStatus.UNAUTHORIZED


class Peers(StartImpersonation):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_rank(self, user):
        pass


def test_a_host_can_replace_one_step(client_of, supporter, impersonations, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.impersonation.post": f"{__name__}.Peers"
    }

    response = client_of(supporter).post(url_of(supporter.pk), BODY)

    assert response.status_code == HTTPStatus.CREATED
