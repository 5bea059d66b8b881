"""Wherever a change is made, it counts from the next request on (C042)."""

from http import HTTPStatus
from io import StringIO

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import include, path, reverse

from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db

SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
OTHER_PASSWORD = "a rose is a rose is a rose"


class PlainUserAdmin(admin.ModelAdmin):
    """The user admin that a host may have registered for its user model."""

    fields = ("is_active",)


site = admin.AdminSite()
site.register(get_user_model(), PlainUserAdmin)

urlpatterns = [
    path("admin/", site.urls),
    path("api/", include("starterkit_core.urls")),
]


@pytest.fixture
def door(client, make_user, settings):
    """Sign an administrator in to the Django admin."""
    settings.ROOT_URLCONF = __name__
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


@pytest.fixture(params=["bearer", "cookie"])
def mine(request, open_for, member, calling):
    """A session of ``member`` that works."""
    opened = open_for(member, request.param)
    assert calling(opened).get(SESSION).status_code == HTTPStatus.OK
    return opened


@pytest.fixture
def is_out(calling, mine):
    """Return a function: whether the session is refused, by renewal as well."""

    def look():
        answers = [calling(mine).get(SESSION)]
        if mine.refresh_token:
            body = {"refresh_token": mine.refresh_token}
            answers.append(ApiClient().post(REFRESH, body))
        return {answer.status_code for answer in answers} == {HTTPStatus.UNAUTHORIZED}

    return look


def page(kind, user):
    opts = user._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{kind}", args=[user.pk])


def test_suspended_in_the_admin(door, mine, member, is_out):
    response = door.post(page("change", member), {})  # the box is not ticked

    member.refresh_from_db()
    assert response.status_code == HTTPStatus.FOUND
    assert not member.is_active
    assert is_out()


def test_a_reactivated_user_must_sign_in_again(door, mine, member, is_out):
    door.post(page("change", member), {})
    door.post(page("change", member), {"is_active": "on"})

    assert is_out()


def test_deleted_in_the_admin(door, mine, member, is_out):
    response = door.post(page("delete", member), {"post": "yes"})

    assert response.status_code == HTTPStatus.FOUND
    assert is_out()


def test_deleted_with_others_in_a_list(door, mine, member, is_out):
    opts = member._meta
    data = {
        "action": "delete_selected",
        "_selected_action": [str(member.pk)],
        "post": "yes",
    }

    door.post(reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"), data)

    assert is_out()


def test_another_password_by_command(mine, member, is_out, monkeypatch):
    typed = "django.contrib.auth.management.commands.changepassword.getpass.getpass"
    monkeypatch.setattr(typed, lambda prompt: OTHER_PASSWORD)
    name = getattr(member, member.USERNAME_FIELD)

    call_command("changepassword", name, stdout=StringIO())

    member.refresh_from_db()
    assert member.check_password(OTHER_PASSWORD)
    assert is_out()


def other_password(user):
    user.set_password(OTHER_PASSWORD)
    user.save()


def no_password(user):
    user.set_unusable_password()
    user.save(update_fields=["password"])


def switched_off(user):
    type(user)._base_manager.filter(pk=user.pk).update(is_active=False)


def deleted(user):
    user.delete()


@pytest.mark.parametrize("act", [other_password, no_password, switched_off, deleted])
def test_in_a_shell(mine, member, is_out, act):
    act(member)

    assert is_out()


def test_setting_the_same_password_again_ends_the_sessions(mine, member, is_out):
    """Setting it anew ends every session; the new salt shows that it was set."""
    member.set_password(PASSWORD)
    member.save()

    assert is_out()
