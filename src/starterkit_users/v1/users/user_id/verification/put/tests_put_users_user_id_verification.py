from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.errors import AddressTaken
from starterkit_core.models import AuditEvent
from starterkit_core.ports import account_access

from .use_case import VerifyUser

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not account_access.available(), reason="no module has sessions here"
    ),
]


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-verification", args=[user_id])


def test_asks_for_a_recent_proof(client_of, manager, access, user, proof):
    proof.is_recent = False

    response = client_of(manager).put(url_of(user.pk), {})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert access.asked == []


@pytest.mark.parametrize("is_superuser", [False, True])
def test_refuses_the_own_address(client_of, manager, access, is_superuser):
    manager.is_superuser = is_superuser

    response = client_of(manager).put(url_of(manager.pk), {})

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "own_account"
    assert access.asked == []


def test_saves_that_the_address_is_proven(client_of, manager, access, user):
    response = client_of(manager).put(url_of(user.pk), {})

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert access.asked == [("confirm_address", user, manager)]


def test_records_who_said_so_and_why(client_of, manager, access, user):
    client_of(manager).put(url_of(user.pk), {"reason": "Seen in person"})

    event = AuditEvent.objects.get(action="users.address_verified")
    assert (event.actor_id, event.subject_id) == (str(manager.pk), str(user.pk))
    assert event.reason == "Seen in person"


def test_records_no_event_if_it_was_proven_before(client_of, manager, access, user):
    access.is_new = False

    response = client_of(manager).put(url_of(user.pk), {})

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not AuditEvent.objects.filter(action="users.address_verified").exists()


def test_refuses_an_address_of_another_account(client_of, manager, access, user):
    access.refusal = AddressTaken()

    response = client_of(manager).put(url_of(user.pk), {})

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "address_taken"


@pytest.mark.parametrize("reason", ["a\0b", "x" * 501, 7, None, ["x"]])
def test_refuses_a_reason_that_cannot_be_saved(
    client_of, manager, access, user, reason
):
    response = client_of(manager).put(url_of(user.pk), {"reason": reason})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/reason"
    assert not access.asked


@pytest.mark.parametrize(
    "user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "-1", "me", "%00", "\ud7ff"]
)
def test_an_id_that_no_user_has_is_not_found(client_of, manager, access, user_id):
    response = client_of(manager).put(url_of(user_id), {})

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"
    assert not access.asked


def test_refuses_a_user_who_ranks_above(client_of, manager, access, make_user):
    chief = make_user(is_superuser=True)

    response = client_of(manager).put(url_of(chief.pk), {})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert not access.asked


def test_needs_the_permission_to_change_users(client_of, administrator, access, user):
    response = client_of(administrator).put(url_of(user.pk), {})

    assert response.json()["code"] == "permission_denied"
    assert not access.asked


def test_needs_a_signed_in_user(api, user):
    response = api.put(url_of(user.pk), {})

    assert response.status_code == HTTPStatus.UNAUTHORIZED


class ForNobody(VerifyUser):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_actor(self, user):
        raise PermissionError


def test_a_host_can_replace_one_step(client_of, manager, access, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.verification.put": f"{__name__}.ForNobody"
    }

    with pytest.raises(PermissionError):
        client_of(manager).put(url_of(user.pk), {})
