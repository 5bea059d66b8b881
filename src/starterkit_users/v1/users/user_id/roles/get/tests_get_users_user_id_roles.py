from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_users.models import Role
from starterkit_users.services.roles import has_roles
from starterkit_users.v1.users.user_id.roles.get.use_case import ReadUserRoles

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not has_roles(), reason="users here are in no groups"),
]

NOBODY = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6"


def url_of(user_id):
    return reverse("starterkit_users:users-user-id-roles", args=[user_id])


def give(user, key):
    user.groups.add(Group.objects.get(starterkit_role__key=key))


def test_shows_the_roles_of_a_user(client_of, may, user, make_role):
    for key in ("support", "editor", "other"):
        make_role(key)
    give(user, "support")
    give(user, "editor")
    user.groups.add(Group.objects.create(name="choir"))

    answer = client_of(may("view")).get(url_of(user.pk))

    assert answer.json() == {"roles": ["editor", "support"]}


def test_a_user_has_no_roles_at_first(client_of, may, user):
    assert client_of(may("view")).get(url_of(user.pk)).json() == {"roles": []}


def test_a_renamed_group_keeps_its_role(client_of, may, user, make_role):
    make_role("support")
    give(user, "support")
    Group.objects.update(name="Helpers")

    answer = client_of(may("view")).get(url_of(user.pk))

    assert answer.json() == {"roles": ["support"]}


def test_the_user_shows_them_by_one_query_more(client_of, may, user, make_role):
    for number in range(3):
        give(user, make_role(f"role{number}"))
    page = reverse("starterkit_users:users-user-id", args=[user.pk])

    with CaptureQueriesContext(connection) as queries:
        answer = client_of(may("view")).get(page)

    assert len([it for it in queries if Role._meta.db_table in it["sql"]]) == 1
    assert answer.json()["roles"] == ["role0", "role1", "role2"]


@pytest.mark.parametrize("user_id", [NOBODY, "999999999", "-1", "%00"])
def test_an_id_that_no_user_has_is_not_found(client_of, may, user_id):
    answer = client_of(may("view")).get(url_of(user_id))

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["code"] == "user_not_found"


def test_needs_the_permission_to_view_users(client_of, may, user, make_user):
    for actor in (user, may("change"), may("delete")):
        for user_id in (make_user().pk, actor.pk, NOBODY):
            answer = client_of(actor).get(url_of(user_id))

            assert answer.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api, user):
    assert api.get(url_of(user.pk)).status_code == HTTPStatus.UNAUTHORIZED


class Secretive(ReadUserRoles):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_roles(self, user):
        return [key for key in super().find_roles(user) if key != "spy"]


def test_a_host_can_replace_one_step(client_of, may, user, make_role, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.user_id.roles.get": f"{__name__}.Secretive"
    }
    give(user, make_role("spy"))

    answer = client_of(may("view")).get(url_of(user.pk))

    assert answer.json() == {"roles": []}
