"""Accounts without an address: what needs one is absent, and all else works."""

import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from starterkit_core.ports import personal_data
from starterkit_core.testing.plugin import PASSWORD

pytestmark = pytest.mark.django_db

User = get_user_model()
NUMBER = "+5511961234567"
SPELLINGS = [NUMBER, "+55 11 96123-4567", "(11) 96123-4567", "11961234567"]
USERS = "/api/users/v1/users/"


@pytest.fixture
def ada():
    return User.objects.create_user(
        phone="11961234567", password=PASSWORD, first_name="Ada"
    )


@pytest.fixture
def chief(client_of):
    """A client of a superuser."""
    return client_of(User.objects.create_superuser(phone="+5511961230000"))


def code_of(response):
    return response.status_code, response.json().get("code")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_signs_in_with_any_spelling(ada, spelling):
    assert authenticate(username=spelling, password=PASSWORD) == ada
    assert authenticate(phone=spelling, password=PASSWORD) == ada


@pytest.mark.parametrize("text", ["", "ada", "\0", "+1", "1" * 999, "erased0123456789"])
def test_what_is_no_number_signs_in_no_user(ada, text):
    assert authenticate(username=text, password=PASSWORD) is None
    assert not User.objects.filter(phone=text).exists()


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_has_one_account(ada, spelling):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(phone=spelling)


def test_every_way_to_save_a_number_writes_it_the_same_way(ada):
    User.objects.filter(pk=ada.pk).update(phone="(11) 96123-4568")
    assert User.objects.get().phone == "+5511961234568"

    ada.phone = "(11) 96123-4569"
    User.objects.bulk_update([ada], ["phone"])
    assert User.objects.get().phone == "+5511961234569"

    with pytest.raises(ValueError, match="phone number"):
        User.objects.update(phone="ada")


def test_createadmin_makes_an_administrator(tmp_path):
    (tmp_path / "password").write_text(PASSWORD, "utf-8")

    said = StringIO()
    file = f"--password-file={tmp_path / 'password'}"
    call_command("createadmin", "(11) 96123-4567", file, stdout=said)

    assert said.getvalue() == f"{NUMBER}: may enter the administration\n"
    assert authenticate(username=NUMBER, password=PASSWORD).is_superuser
    with pytest.raises(CommandError):
        call_command("createadmin", "ada@example.com", "--force")


def test_djangos_createsuperuser_makes_one(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", "--no-input", phone="(11) 96123-4567")

    assert authenticate(username=NUMBER, password=PASSWORD).is_superuser


def test_my_account_shows_the_number_and_keeps_it(client_of, ada):
    shown = client_of(ada).get("/api/users/v1/me/").json()
    assert shown["phone"] == NUMBER
    assert "email" not in shown

    refused = client_of(ada).patch("/api/users/v1/me/", {"phone": "+5511961234568"})
    renamed = client_of(ada).patch("/api/users/v1/me/", {"first_name": "Grace"})

    assert code_of(refused) == (400, "validation_error")
    assert (renamed.status_code, renamed.json()["phone"]) == (200, NUMBER)


@pytest.mark.parametrize("text", [*SPELLINGS, "+5511961234"])
def test_administrators_find_users_by_number(chief, ada, text):
    found = chief.get(USERS, {"search": text}).json()["results"]

    assert [row["phone"] for row in found] == [NUMBER]


@pytest.mark.parametrize("text", ["ada@example.com", "x" * 254, "0"])
def test_a_search_for_something_else_finds_no_user(chief, ada, text):
    assert chief.get(USERS, {"search": text}).json()["results"] == []


def test_administrators_change_all_but_the_number(chief, ada):
    url = f"{USERS}{ada.pk}/"
    refused = chief.patch(url, {"phone": "+5511961234568"})
    renamed = chief.patch(url, {"first_name": "Grace"})

    assert code_of(refused) == (400, "validation_error")
    assert (renamed.status_code, renamed.json()["first_name"]) == (200, "Grace")
    assert renamed.json()["phone"] == NUMBER


def test_administrators_add_users_by_number(chief):
    made = chief.post(USERS, {"phone": "(11) 96123-4567", "password": PASSWORD})
    again = chief.post(USERS, {"phone": NUMBER})
    without = chief.post(USERS, {"first_name": "Ada"})
    malformed = chief.post(USERS, {"phone": "ada"})

    assert (made.status_code, made.json()["phone"]) == (201, NUMBER)
    assert authenticate(username=NUMBER, password=PASSWORD)
    assert code_of(again) == (409, "user_exists")
    assert code_of(without) == (400, "validation_error")
    assert code_of(malformed) == (400, "validation_error")


def test_an_import_makes_and_renames_users_by_number(chief, ada):
    content = "username,first_name\n(11) 96123-4567,Augusta\n+5511961239999,Grace\n"
    url = "/api/users/v1/users/imports/?key=username"
    started = chief.post(url, content.encode(), content_type="text/csv")

    report = chief.get(started["Location"]).json()

    assert (report["created"], report["updated"], report["errors"]) == (1, 1, [])
    assert User.objects.get(phone=NUMBER).first_name == "Augusta"
    assert User.objects.get(phone="+5511961239999").first_name == "Grace"


def test_a_suspended_user_cannot_sign_in(chief, ada, mailbox):
    url = f"{USERS}{ada.pk}/suspension/"
    assert chief.put(url, {"reason": "spam"}).status_code == 200
    assert authenticate(username=NUMBER, password=PASSWORD) is None

    assert chief.delete(url).status_code in {200, 204}
    assert authenticate(username=NUMBER, password=PASSWORD) == ada
    assert mailbox == []


def test_a_user_leaves_without_a_mail(client_of, ada, mailbox):
    response = client_of(ada).delete("/api/users/v1/me/")

    assert response.status_code < 300
    assert User.objects.get().status == "deletion_scheduled"
    assert mailbox == []


def test_an_account_is_exported_and_erased(ada):
    exported = personal_data.export(ada)
    personal_data.erase(ada)
    personal_data.erase(ada)

    assert exported["account"]["phone"] == NUMBER
    left = User.objects.get()
    assert re.fullmatch("erased[a-z0-9]{10}", left.phone)
    assert (left.first_name, left.is_active) == ("", False)
    assert User.objects.create_user(phone=NUMBER)


def test_administrators_erase_an_account(chief, ada):
    response = chief.delete(f"{USERS}{ada.pk}/", {"reason": "asked by mail"})

    assert response.status_code < 300, response.content
    assert not User.objects.filter(phone=NUMBER).exists()


def test_invitations_are_absent(chief, api):
    paths = api.get("/api/schema/?format=json").json()["paths"]

    assert not [path for path in paths if "invitations" in path]
    assert code_of(chief.post("/api/users/v1/invitations/", {})) == (404, "not_found")


def test_the_deletion_page_finds_no_account(ada, mailbox, tuner):
    tuner("STARTERKIT_USERS")(PAGES_URL="https://app.example.com")
    url = reverse("starterkit_users:account-deletion")
    browser = Client()

    answer = browser.post(url, {"email": "a@example.com"})

    assert answer.status_code < 400
    assert mailbox == []


def test_the_administration_works(ada):
    browser = Client()
    browser.force_login(
        User.objects.create_superuser(phone="+5511961230000", password=PASSWORD)
    )
    admin = "admin:phone_sign_in_caller"

    found = browser.get(reverse(f"{admin}_changelist"), {"q": "(11) 96123-4567"})
    form = browser.get(reverse(f"{admin}_change", args=[ada.pk])).context["adminform"]
    sent = {name: value for name, value in form.form.initial.items() if value}
    saved = browser.post(
        reverse(f"{admin}_change", args=[ada.pk]), sent | {"first_name": "Augusta"}
    )
    body = {"phone": "(11) 96123-9999", "usable_password": "false"}
    added = browser.post(reverse(f"{admin}_add"), body)
    again = browser.post(reverse(f"{admin}_add"), body)

    assert [row.pk for row in found.context["cl"].result_list] == [ada.pk]
    assert saved.status_code == 302, saved.context["errors"]
    assert User.objects.get(pk=ada.pk).first_name == "Augusta"
    assert added.status_code == 302, added.context["errors"]
    assert User.objects.filter(phone="+5511961239999").exists()
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("registration/", {"email": "a@example.com", "password": PASSWORD}),
        ("session/", {"email": "a@example.com", "password": PASSWORD}),
        ("session/", {"email": NUMBER, "password": PASSWORD}),
        ("password/reset/", {"email": "a@example.com"}),
        ("registration/code/", {"email": "a@example.com"}),
    ],
)
def test_the_doors_for_addresses_fail_softly(api, ada, path, body):
    assert api.post(f"/api/auth/v1/{path}", body).status_code < 500


def test_a_sign_up_by_address_makes_no_account_with_an_empty_number(person):
    for name in ("ada", "bob"):
        person.email = f"{name}@example.com"
        person.sign_up()
        response = person.confirm()
        assert code_of(response) == (400, "validation_error")
        assert response.json()["errors"][0]["pointer"] == "/phone"

    assert not User.objects.exists()


def test_roles_and_permissions_work(client_of, ada):
    permission = Permission.objects.get(codename="view_caller")
    group = Group.objects.create(name="support")
    group.permissions.add(permission)

    assert client_of(ada).get(USERS).status_code == 403
    ada.groups.add(group)
    assert client_of(User.objects.get(pk=ada.pk)).get(USERS).status_code == 200


def test_the_checks_say_once_what_needs_an_address(db):
    said = StringIO()
    call_command("check", stderr=said, stdout=said, fail_level="CRITICAL")

    found = re.findall(r"\(([a-z_]+\.[EW]\d+)\)", said.getvalue())
    assert sorted(found) == ["starterkit_auth.E004", "starterkit_auth.W009"]
