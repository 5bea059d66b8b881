"""The role that this project declares."""

from http import HTTPStatus

import pytest
from django.core.management import call_command
from django.urls import reverse

from starterkit_users.v1.users.user_id.roles.put.use_case import (
    SetRoles,
    SetRolesInput,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def supporter(make_user):
    call_command("sync_roles", verbosity=0)
    user = make_user()
    SetRoles.execute(SetRolesInput(user_id=str(user.pk), roles=["support"]))
    return user


def test_support_sees_users_and_changes_none(client_of, supporter, make_user):
    client, other = client_of(supporter), make_user()
    suspension = reverse("starterkit_users:users-user-id-suspension", args=[other.pk])

    seen = client.get(reverse("starterkit_users:users"))
    suspended = client.put(suspension, {"reason": "Ticket 7"})

    assert seen.status_code == HTTPStatus.OK
    assert suspended.status_code == HTTPStatus.FORBIDDEN
