"""The administration: sign-in by address, and no full scan at any size."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from starterkit_core.admin import BoundedPaginator, added_fields
from starterkit_users.models import AbstractUser

User = get_user_model()

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not issubclass(User, AbstractUser), reason="a host registers its own model"
    ),
]

PAGES = f"admin:{User._meta.app_label}_{User._meta.model_name}"

LIST, ADD = f"{PAGES}_changelist", f"{PAGES}_add"

OF_A_HOST = dict.fromkeys(added_fields(User, AbstractUser), "7")
"""What a form needs for the columns that a host added to its user model."""


@pytest.fixture
def office(make_user) -> Client:
    client = Client()
    client.force_login(
        make_user(email="chief@x.example", is_staff=True, is_superuser=True)
    )
    return client


def test_the_address_signs_in(make_user, client):
    make_user(email="Chief@x.example", is_staff=True, password="pass")

    response = client.post(
        reverse("admin:login"), {"username": "chief@X.example", "password": "pass"}
    )

    assert response.status_code == 302


def test_finds_accounts_by_the_beginning_of_their_address(office, make_user):
    make_user(email="Ada@example.com")
    make_user(email="not-ada@example.com")

    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = office.get(reverse(LIST), {"q": "ADA@"})

    assert [user.email for user in page.context["cl"].result_list] == [
        "Ada@example.com"
    ]
    assert not any("UPPER(" in query["sql"] for query in queries)


def test_finds_an_account_by_its_id(office, make_user):
    user, _other = make_user(), make_user()

    page = office.get(reverse(LIST), {"q": f" {user.pk} "})

    assert [*page.context["cl"].result_list] == [user]


@pytest.mark.parametrize("text", ["\0", "a\0", "%", "x" * 300, "' OR 1=1"])
def test_finds_no_account_by_odd_text(office, make_user, text):
    make_user()

    page = office.get(reverse(LIST), {"q": text})

    assert page.status_code == 200
    assert "\0" in text or not page.context["cl"].result_list


def statements_of(office, url, **query):
    with CaptureQueriesContext(connection) as asked:
        assert office.get(url, query).status_code == 200
    return [query["sql"] for query in asked]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"q": "person"},
        {"p": "2"},
        {"o": "1"},
        {"is_active__exact": "1"},
        {"is_staff__exact": "1"},
    ],
    ids=str,
)
def test_the_list_takes_no_more_statements_with_more_accounts(
    office, make_user, monkeypatch, query
):
    page = reverse(LIST)
    for number in range(3):
        make_user(email=f"person{number}@example.com")
    monkeypatch.setattr(admin.site.get_model_admin(User), "list_per_page", 2)
    statements_of(office, page, **query)
    few = statements_of(office, page, **query)
    for number in range(3, 12):
        make_user(email=f"person{number}@example.com")

    many = statements_of(office, page, **query)

    assert len(few) == len(many)
    counts = [it for it in many if "COUNT(" in it]
    assert all("LIMIT" in it and "ORDER BY" not in it for it in counts)


def test_the_pages_of_an_account_take_no_more_statements_with_more_accounts(
    office, make_user
):
    user = make_user()
    for name in ("change", "delete"):
        page = reverse(f"{PAGES}_{name}", args=[user.pk])
        statements_of(office, page)
        few = statements_of(office, page)
        for _ in range(5):
            make_user()

        assert len(statements_of(office, page)) == len(few)


def test_counts_no_further_than_the_limit_of_the_paginator(make_user, monkeypatch):
    for _ in range(3):
        make_user()
    monkeypatch.setattr(BoundedPaginator, "LIMIT", 2)

    assert BoundedPaginator(User.objects.order_by("pk"), 1).count == 2


def test_makes_an_account_from_an_address(office):
    page = office.post(
        reverse(ADD),
        {
            "email": "Ada@example.com",
            "usable_password": "true",
            "password1": "correct horse",
            "password2": "correct horse",
            **OF_A_HOST,
        },
    )

    assert page.status_code == 302, page.context["errors"]
    ada = get_user_model().objects.get_by_natural_key("ada@example.com")
    assert ada.email == "Ada@example.com"
    shown = office.get(reverse(f"{PAGES}_change", args=[ada.pk]))
    assert shown.status_code == 200
    assert all(name in shown.content.decode() for name in OF_A_HOST)


def test_shows_that_an_address_is_taken(office, make_user):
    make_user(email="ada@example.com")

    body = {"email": "ADA@example.com", "usable_password": "false", **OF_A_HOST}
    page = office.post(reverse(ADD), body)

    assert "Another account has this address." in page.content.decode()


def test_a_name_typed_here_is_one_line(office, make_user):
    user = make_user(first_name="Ada")
    page = reverse(f"{PAGES}_change", args=[user.pk])
    name = "Ada\u2028\u202eByron\u200b"

    answer = office.post(page, {"email": user.email, "first_name": name, **OF_A_HOST})

    assert answer.status_code == 302, answer.context["errors"]
    assert User.objects.get(pk=user.pk).first_name == "Ada Byron"


@pytest.mark.parametrize("is_system", [True, False])
def test_the_code_says_what_a_role_permits(office, make_role, is_system):
    make_role("support", "auth.view_group", is_system=is_system)
    group = Group.objects.get(starterkit_role__key="support")
    page = reverse("admin:auth_group_change", args=[group.pk])

    office.post(page, {"name": "Helpers", "permissions": []})
    office.post(reverse("admin:auth_group_delete", args=[group.pk]), {"post": "yes"})

    found = Group.objects.filter(pk=group.pk)
    assert [it.name for it in found] == ["Helpers"] * is_system
    assert found.filter(permissions__codename="view_group").exists() is is_system


def test_groups_of_the_code_are_not_deleted_in_bulk(office, make_role):
    make_role("support")
    chosen = [Group.objects.create(name="choir").pk, Group.objects.first().pk]
    form = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}

    office.post(reverse("admin:auth_group_changelist"), form)

    assert Group.objects.count() == 2


def act(office, name, *users, **given):
    body = {"action": name, "_selected_action": [user.pk for user in users]}
    return office.post(reverse(LIST), body | given)


def test_asks_for_the_reason_of_a_suspension(office, user):
    page = act(office, "suspend", user)

    assert page.status_code == 200
    assert user.email in page.content.decode()
    assert User.objects.get(pk=user.pk).is_active


def test_suspends_users_and_lifts_their_suspension(office, make_user):
    users = [make_user(), make_user()]

    act(office, "suspend", *users, reason="Spam", until_0="", until_1="")
    saved = User.objects.filter(status="suspended", status_reason="Spam")
    assert {*saved} == {*users}

    act(office, "lift_suspension", *users)
    assert User.objects.filter(status="active").count() == 3


@pytest.mark.parametrize(
    "given",
    [{"reason": ""}, {"reason": "Spam", "until_0": "2020-01-01", "until_1": "10:00"}],
)
def test_refuses_a_suspension_without_a_reason_or_in_the_past(office, user, given):
    page = act(office, "suspend", user, **given)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert User.objects.get(pk=user.pk).is_active


def test_says_who_could_not_be_suspended(office, user):
    chief = User.objects.get(email="chief@x.example")

    page = act(office, "suspend", chief, user, reason="Spam")

    said = [str(it) for it in office.get(page.url).context["messages"]]
    assert said[0].startswith("chief@x.example: ")
    assert said[1] == "1 user was processed."


def test_the_form_of_a_user_neither_closes_nor_opens_an_account(office, user):
    page = reverse(f"{PAGES}_change", args=[user.pk])

    office.post(page, {"email": user.email, "is_active": "", **OF_A_HOST})

    assert User.objects.get(pk=user.pk).is_active
