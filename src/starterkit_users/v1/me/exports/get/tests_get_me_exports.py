from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_users.v1.me.exports.get.use_case import ListExports

URL = reverse("starterkit_users:me-exports")

pytestmark = pytest.mark.django_db


def test_shows_my_exports_the_newest_first(client_of, user, make_user, export_of):
    first, second = export_of(user), export_of(user)
    export_of(make_user())

    rows = client_of(user).get(URL).json()["results"]

    assert [row["id"] for row in rows] == [str(second.pk), str(first.pk)]
    assert [row["state"] for row in rows] == ["ready", "replaced"]


def test_does_not_say_where_the_file_is(client_of, user, export_of):
    export = export_of(user)

    response = client_of(user).get(URL)

    assert export.file.rpartition("-")[2] not in response.content.decode()


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


class NoExports(ListExports):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_exports(self):
        return super().find_exports().none()


def test_a_host_can_replace_one_step(client_of, user, export_of, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.exports.get": f"{__name__}.NoExports"
    }
    export_of(user)

    assert client_of(user).get(URL).json()["results"] == []
