from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.errors import AddressMissing, RateLimited
from starterkit_core.models import AuditEvent
from starterkit_core.ports import account_access

from .use_case import SendUserPasswordReset

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not account_access.available(), reason="no module has sessions here"
    ),
]


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-password-reset", args=[user_id])


@pytest.fixture
def call(client_of, manager, user):
    """Return the user and the answer to a request about them."""
    return lambda body: (user, client_of(manager).post(url_of(user.pk), body))


@pytest.mark.parametrize(
    ("body", "force"), [({}, True), ({"force": True}, True), ({"force": False}, False)]
)
def test_makes_the_user_set_a_new_password(call, manager, access, body, force):
    user, response = call(body)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert access.asked == [("send_password_reset", user, manager, force)]


def test_records_who_asked_for_it_and_why(client_of, manager, access, user):
    client_of(manager).post(url_of(user.pk), {"reason": "Found on a note"})

    event = AuditEvent.objects.get(action="users.password_reset_sent")
    assert (event.actor_id, event.subject_id) == (str(manager.pk), str(user.pk))
    assert event.facts == {"force": True}
    assert event.reason == "Found on a note"


@pytest.mark.parametrize("refusal", [AddressMissing(), RateLimited(retry_after=9)])
def test_answers_what_the_other_module_refuses(
    client_of, manager, access, user, refusal
):
    access.refusal = refusal

    response = client_of(manager).post(url_of(user.pk), {})

    assert response.status_code == refusal.status
    assert response.json()["code"] == refusal.code
    assert not AuditEvent.objects.filter(action="users.password_reset_sent").exists()


@pytest.mark.parametrize("reason", ["a\0b", "x" * 501, 7, None, ["x"]])
def test_refuses_a_reason_that_cannot_be_saved(
    client_of, manager, access, user, reason
):
    response = client_of(manager).post(url_of(user.pk), {"reason": reason})

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["errors"][0]["pointer"] == "/reason"
    assert not access.asked


@pytest.mark.parametrize(
    "user_id", ["0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "-1", "me", "%00", "\ud7ff"]
)
def test_an_id_that_no_user_has_is_not_found(client_of, manager, access, user_id):
    response = client_of(manager).post(url_of(user_id), {})

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"
    assert not access.asked


def test_refuses_a_user_who_ranks_above(client_of, manager, access, make_user):
    chief = make_user(is_superuser=True)

    response = client_of(manager).post(url_of(chief.pk), {})

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "higher_rank"
    assert not access.asked


def test_needs_the_permission_to_change_users(client_of, administrator, access, user):
    response = client_of(administrator).post(url_of(user.pk), {})

    assert response.json()["code"] == "permission_denied"
    assert not access.asked


def test_needs_a_signed_in_user(api, user):
    response = api.post(url_of(user.pk), {})

    assert response.status_code == HTTPStatus.UNAUTHORIZED


class ForNobody(SendUserPasswordReset):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_rank(self, user):
        raise PermissionError


def test_a_host_can_replace_one_step(client_of, manager, access, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.password_reset.post": f"{__name__}.ForNobody"
    }

    with pytest.raises(PermissionError):
        client_of(manager).post(url_of(user.pk), {})
