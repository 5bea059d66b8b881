from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.signals import account_updated
from starterkit_users.models import AvatarLeftover, avatar_model

from .use_case import RemoveAvatar

pytest.importorskip("PIL.Image", reason="needs the extra avatars")

URL = reverse("starterkit_users:me-avatar")
ME = reverse("starterkit_users:me")

pytestmark = pytest.mark.django_db


def test_deletes_the_picture_and_its_files(client_of, pictured, avatar_storage):
    response = client_of(pictured).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert client_of(pictured).get(ME).json()["avatar"] is None
    assert not rows_of(avatar_model()).exists()
    assert not rows_of(AvatarLeftover).exists()
    assert avatar_storage() == []


def test_deletes_the_picture_of_no_other_user(
    client_of, user, pictured, avatar_storage
):
    before = avatar_storage()

    client_of(user).delete(URL)

    assert rows_of(avatar_model()).get().user_id == pictured.pk
    assert avatar_storage() == before != []


def test_the_answer_is_the_same_without_a_picture(client_of, user):
    response = client_of(user).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert not AuditEvent.objects.exists()


def test_needs_a_signed_in_user(api):
    assert api.delete(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_an_account_that_was_just_deleted_is_not_signed_in(client_of, user):
    rows_of(get_user_model()).filter(pk=user.pk).delete()

    response = client_of(user).delete(URL)

    assert response.json()["code"] == "account_deleted"


def test_audits_and_announces_the_change(client_of, pictured, received):
    signals = received(account_updated)

    client_of(pictured).delete(URL)

    assert [s["fields"] for s in signals] == [["avatar"]]
    assert AuditEvent.objects.get().action == "users.avatar_removed"


class Keeping(RemoveAvatar):
    """A host project's use case: one step replaced, the rest inherited."""

    def delete(self, avatar):
        pass


def test_a_host_can_replace_one_step(client_of, pictured, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.avatar.delete": f"{__name__}.Keeping"
    }

    client_of(pictured).delete(URL)

    assert rows_of(avatar_model()).exists()
