from http import HTTPStatus

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from starterkit_core.ports import roles as port
from starterkit_users.models import Role
from starterkit_users.services.roles import has_roles
from starterkit_users.v1.roles.get.use_case import ListRoles

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not has_roles(), reason="users here are in no groups"),
]

READS, WRITES = "auth.view_group", "auth.change_group"


@pytest.fixture
def look(client_of):
    """Return what a user sees of the roles, by key."""

    def read(actor, **headers):
        url = reverse("starterkit_users:roles")
        rows = client_of(actor).get(url, **headers).json()["results"]
        assert [row["key"] for row in rows] == sorted(row["key"] for row in rows)
        return {row.pop("key"): row for row in rows}

    return read


def test_shows_roles_and_which_of_them_the_caller_may_give(look, may, make_role):
    make_role("reader", READS)
    make_role("writer", WRITES, READS, is_system=False)

    assert look(may("view", READS)) == {
        "reader": {
            "name": "Reader",
            "is_system": True,
            "permissions": [READS],
            "may_grant": True,
        },
        "writer": {
            "name": "Writer",
            "is_system": False,
            "permissions": [WRITES, READS],
            "may_grant": False,
        },
    }


def test_a_superuser_may_give_each(look, make_user, make_role):
    make_role("writer", WRITES)

    assert look(make_user(is_superuser=True))["writer"]["may_grant"]


def test_a_name_is_in_the_language_of_the_request(look, may, make_role):
    make_role("staff", name=_("staff"))

    shown = look(may("view"), HTTP_ACCEPT_LANGUAGE="pt-br")

    assert shown["staff"]["name"] == "equipe"


def test_a_role_that_is_declared_no_more_has_the_name_of_its_group(
    look, may, make_role
):
    make_role("support")
    port.unregister("support")
    Group.objects.update(name="Helpers")

    assert look(may("view"))["support"]["name"] == "Helpers"


def test_shows_no_group_that_is_no_role(look, may):
    Group.objects.create(name="choir")

    assert look(may("view")) == {}


def test_reads_all_roles_by_one_query(client_of, may, make_role):
    for number in range(10):
        make_role(f"role{number}", READS, WRITES)

    with CaptureQueriesContext(connection) as queries:
        client_of(may("view")).get(reverse("starterkit_users:roles"))

    assert len([it for it in queries if Role._meta.db_table in it["sql"]]) == 1


def test_needs_the_permission_to_view_users(client_of, user, may):
    for actor in (user, may("change")):
        answer = client_of(actor).get(reverse("starterkit_users:roles"))

        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert answer.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api):
    answer = api.get(reverse("starterkit_users:roles"))

    assert answer.status_code == HTTPStatus.UNAUTHORIZED


class OnlyReaders(ListRoles):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_roles(self):
        return [role for role in super().find_roles() if role.key == "reader"]


def test_a_host_can_replace_one_step(look, may, make_role, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.roles.get": f"{__name__}.OnlyReaders"
    }
    make_role("reader")
    make_role("writer")

    assert look(may("view")).keys() == {"reader"}
