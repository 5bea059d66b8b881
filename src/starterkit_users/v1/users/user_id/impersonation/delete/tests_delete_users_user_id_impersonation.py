from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.ports import impersonation

from .use_case import StopImpersonation

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not impersonation.available(), reason="no module has sessions here"
    ),
]


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-impersonation", args=[user_id])


def test_ends_what_the_actor_does_as_the_user(
    client_of, supporter, impersonations, user
):
    response = client_of(supporter).delete(url_of(user.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert impersonations.asked == [("end", user, supporter)]


def test_a_missing_user_is_answered_as_one_whom_the_actor_does_not_act_as(
    client_of, supporter, impersonations, user
):
    impersonations.is_open = False

    answers = [
        client_of(supporter).delete(url_of(user_id))
        for user_id in (user.pk, "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6", "%00", "me")
    ]

    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    assert {answer.json()["code"] for answer in answers} == {"impersonation_not_found"}


def test_needs_the_permission(client_of, manager, impersonations, user):
    response = client_of(manager).delete(url_of(user.pk))

    assert response.json()["code"] == "permission_denied"
    assert not impersonations.asked


class Kept(StopImpersonation):
    """A host project's use case: one step replaced, the rest inherited."""

    def end(self, user):
        pass


def test_a_host_can_replace_one_step(
    client_of, supporter, impersonations, user, settings
):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.impersonation.delete": f"{__name__}.Kept"
    }

    response = client_of(supporter).delete(url_of(user.pk))

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not impersonations.asked
