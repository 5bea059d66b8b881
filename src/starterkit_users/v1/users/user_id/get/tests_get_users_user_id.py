from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_users.v1.users.user_id.get.use_case import ReadUser

pytestmark = pytest.mark.django_db


def url_of(user_id):
    return reverse("starterkit_users:users-user-id", args=[user_id])


@pytest.mark.usefixtures("with_addresses")
def test_shows_one_user(client_of, administrator, user):
    response = client_of(administrator).get(url_of(user.pk))

    assert response.status_code == HTTPStatus.OK
    assert response.json().keys() >= {"id", "email", "is_active", "last_login"}
    assert response.json()["id"] == str(user.pk)
    assert user.password not in response.content.decode()


@pytest.mark.parametrize(
    "user_id",
    [
        "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
        "999999999",
        "9" * 40,
        "-1",
        "me",
        "%00",
        "\ud7ff",
        "x" * 5_000,
    ],
)
def test_an_id_that_no_user_has_is_not_found(client_of, administrator, user_id):
    response = client_of(administrator).get(url_of(user_id))

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "user_not_found"


def test_shows_no_user_without_the_permission(client_of, user, make_user):
    answers = [
        client_of(user).get(url_of(user_id))
        for user_id in (make_user().pk, user.pk, "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6")
    ]

    assert {answer.json()["code"] for answer in answers} == {"permission_denied"}


def test_needs_a_signed_in_user(api, user):
    assert api.get(url_of(user.pk)).status_code == HTTPStatus.UNAUTHORIZED


class NoChiefs(ReadUser):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_user(self):
        user = super().find_user()
        return user if not user.is_superuser else get_user_model()(pk=user.pk)


@pytest.mark.usefixtures("with_addresses")
def test_a_host_can_replace_one_step(client_of, administrator, make_user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.get": f"{__name__}.NoChiefs"
    }
    chief = make_user(is_superuser=True)

    response = client_of(administrator).get(url_of(chief.pk))

    assert response.json()["email"] == ""


def test_a_client_that_has_the_user_is_told_so(client_of, administrator, user):
    tag = client_of(administrator).get(url_of(user.pk))["ETag"]

    response = client_of(administrator).get(
        url_of(user.pk), headers={"If-None-Match": tag}
    )

    assert response.status_code == HTTPStatus.NOT_MODIFIED
    assert response["ETag"] == tag
