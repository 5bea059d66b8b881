"""Whatever ends a session, the next request with any of its credentials is refused."""

from io import StringIO
from unittest.mock import patch

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import Challenge, session_model
from starterkit_core.admin import added_fields
from starterkit_core.ports import personal_data
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.models import AbstractUser
from tests.security.attacks import AUTH

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits", "front_end")]

NEW = "a rose is a rose is a"


@pytest.fixture
def admin(make_user):
    """The browser of an administrator."""
    browser = Browser()
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    return browser


def users():
    return get_user_model().objects


# What users do to their account


def sign_out(opened, **_):
    opened.caller.delete(f"{AUTH}session/")


def end_this_one(opened, other, **_):
    other.caller.delete(f"{AUTH}sessions/{opened.id}/")


def end_all_others(other, **_):
    other.caller.delete(f"{AUTH}sessions/")


def change_password(other, **_):
    body = {"current_password": PASSWORD, "new_password": NEW}
    assert other.caller.put(f"{AUTH}password/", body).status_code == 200


def reset_password(user, api, mailbox, secrets_in, **_):
    api.post(f"{AUTH}password/reset/", {"email": user.email})
    body = {"token": secrets_in(mailbox[-1])["token"], "new_password": NEW}
    answer = api.post(f"{AUTH}password/reset/confirmation/", body)
    assert answer.status_code == 204


def change_address(other, mailbox, secrets_in, **_):
    other.caller.post(f"{AUTH}email/change/", {"email": "new@example.org"})
    body = {"code": secrets_in(mailbox[-1])["code"]}
    answer = other.caller.post(f"{AUTH}email/change/confirmation/", body)
    assert answer.status_code == 200


def replay_a_token(opened, tune, api, **_):
    tune(REFRESH_GRACE=timezone.timedelta())
    first = {"refresh_token": opened.refresh}
    second = {
        "refresh_token": api.post(f"{AUTH}session/refresh/", first).json()[
            "refresh_token"
        ]
    }
    api.post(f"{AUTH}session/refresh/", second)
    assert api.post(f"{AUTH}session/refresh/", first).status_code == 401


# What administrators and programs do to it


def suspend_in_the_admin(user, admin, **_):
    if not hasattr(user, "status"):  # Django's own form
        save_in_the_admin(admin, user, is_active="")
        return
    page = reverse(f"admin:{user._meta.app_label}_user_changelist")
    chosen = {"action": "suspend", "_selected_action": [user.pk], "reason": "Spam"}
    assert admin.post(page, chosen).status_code == 302


def delete_in_the_admin(user, admin, **_):
    name = f"admin:{user._meta.app_label}_user_delete"
    answer = admin.post(reverse(name, args=[user.pk]), {"post": "yes"})
    assert answer.status_code == 302
    assert not users().filter(pk=user.pk).exists()


def set_a_password_in_the_admin(user, admin, **_):
    name = reverse("admin:auth_user_password_change", args=[user.pk])
    form = {"usable_password": "true", "password1": NEW, "password2": NEW}
    assert admin.post(name, form).status_code == 302


def suspend_in_the_shell(user, **_):
    user.is_active = False
    user.save()


def suspend_many(user, **_):
    users().filter(pk=user.pk).update(is_active=False)


def delete_in_the_shell(user, **_):
    user.delete()


def delete_many(user, **_):
    users().filter(pk=user.pk).delete()


def erase(user, **_):
    for provider in personal_data.providers():
        provider.erase(user)


def set_a_password_in_the_shell(user, **_):
    user.set_password(NEW)
    user.save()


def take_the_password_away(user, **_):
    user.set_unusable_password()
    user.save()


def call_changepassword(user, **_):
    with patch("getpass.getpass", return_value=NEW):
        call_command("changepassword", user.get_username(), stdout=StringIO())


def delete_the_row(opened, **_):
    session_model().objects.filter(pk=opened.id).delete()


def save_in_the_admin(admin, user, **changes):
    name = f"admin:{user._meta.app_label}_user_change"
    form = {"email": user.email, "first_name": "", "last_name": "", "is_active": "on"}
    form |= dict.fromkeys(added_fields(users().model, AbstractUser), "7") | changes
    answer = admin.post(
        reverse(name, args=[user.pk]),
        {k: v for k, v in form.items() if v or k != "is_active"},
    )
    assert answer.status_code == 302, answer.context["errors"]


ENDINGS = (
    sign_out,
    end_this_one,
    end_all_others,
    change_password,
    reset_password,
    change_address,
    suspend_in_the_admin,
    delete_in_the_admin,
    set_a_password_in_the_admin,
    suspend_in_the_shell,
    suspend_many,
    delete_in_the_shell,
    delete_many,
    erase,
    set_a_password_in_the_shell,
    take_the_password_away,
    call_changepassword,
    delete_the_row,
)


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_the_next_request_is_refused(
    *,
    ending,
    transport,
    member,
    make_member,
    open_for,
    admin,
    api,
    mailbox,
    secrets_in,
    tune,
):
    opened, other = open_for(member, transport), open_for(member)
    stranger = open_for(make_member())
    assert opened.works

    ending(
        opened=opened,
        other=other,
        user=member,
        admin=admin,
        api=api,
        mailbox=mailbox,
        secrets_in=secrets_in,
        tune=tune,
    )

    assert not opened.works
    assert not (opened.refresh and opened.renews)
    assert stranger.works


def test_a_replayed_token_ends_its_whole_family(open_for, member, api, tune):
    opened = open_for(member)

    replay_a_token(opened=opened, api=api, tune=tune)

    assert not opened.works
    assert not session_model().objects.filter(revoked_at=None).exists()


def test_a_changed_password_leaves_no_former_token_of_its_own_session(open_for, member):
    opened = open_for(member)

    change_password(other=opened)

    assert not opened.works
    assert not opened.renews


def test_a_suspended_user_does_not_come_back_by_old_means(
    open_for, member, api, mailbox, secrets_in
):
    api.post(f"{AUTH}password/reset/", {"email": member.email})
    token = secrets_in(mailbox[-1])["token"]

    suspend_many(user=member)

    body = {"token": token, "new_password": NEW}
    assert api.post(f"{AUTH}password/reset/confirmation/", body).status_code == 400
    body = {"email": member.email, "password": PASSWORD}
    assert api.post(f"{AUTH}session/", body).status_code == 401


@pytest.mark.parametrize(
    "ending",
    [
        change_password,
        reset_password,
        change_address,
        set_a_password_in_the_admin,
        set_a_password_in_the_shell,
        suspend_in_the_shell,
        delete_in_the_shell,
    ],
    ids=lambda ending: ending.__name__,
)
def test_secrets_on_their_way_die_with_the_credential(
    *, ending, member, open_for, admin, api, mailbox, secrets_in
):
    other = open_for(member)
    api.post(f"{AUTH}password/reset/", {"email": member.email})
    other.caller.post(f"{AUTH}email/change/", {"email": "wanted@example.org"})
    reset, change = (secrets_in(mail) for mail in mailbox[-2:])

    ending(
        user=member,
        other=other,
        admin=admin,
        api=api,
        mailbox=mailbox,
        secrets_in=secrets_in,
    )

    body = {"token": reset["token"], "new_password": "another rose is another rose"}
    former = api.post(f"{AUTH}password/reset/confirmation/", body)
    body = {"token": change["token"]}
    changed = api.post(f"{AUTH}email/change/confirmation/", body)
    assert (former.status_code, changed.status_code) == (400, 400)
    assert not users().filter(email="wanted@example.org").exists()


def test_what_is_erased_is_gone(member, open_for):
    open_for(member)

    erase(user=member)

    assert not session_model().objects.filter(user=member).exists()
    assert not Challenge.objects.filter(user=member).exists()
