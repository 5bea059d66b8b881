"""The administration: sign-in by address, and no full scan at any size."""

import pytest
from django.contrib.auth import get_user_model
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
