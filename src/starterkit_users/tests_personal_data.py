"""Export of the account's personal data, and its erasure."""

import json

import pytest
from django.contrib.auth import get_user_model

from starterkit_core.ports import personal_data
from starterkit_users import personal_data as module

pytestmark = pytest.mark.django_db


def test_exports_the_account_without_secrets(make_user):
    user = make_user(first_name="Ada")

    exported = personal_data.export(user)["account"]

    assert exported["first_name"] == "Ada"
    assert exported["email"] == getattr(user, user.get_email_field_name())
    assert "password" not in exported
    assert json.loads(json.dumps(exported)) == exported


def test_erasing_twice_leaves_an_account_without_personal_data(make_user):
    user = make_user(first_name="Ada", last_name="Lovelace", password="before")
    address = getattr(user, user.get_email_field_name())

    personal_data.erase(user)
    personal_data.erase(user)

    left = get_user_model()._default_manager.get(pk=user.pk)
    values = [str(getattr(left, field.attname)) for field in left._meta.fields]
    assert not {"Ada", "Lovelace", address} & {*values}
    assert not left.is_active
    assert not left.has_usable_password()


def test_a_model_without_names_and_address_loses_its_user_name(user, monkeypatch):
    monkeypatch.setattr(module, "account_fields", dict)

    blank = module.AccountData()._blank(user)

    assert blank == {
        user.USERNAME_FIELD: f"erased-{user.pk}",
        "last_login": None,
        "is_active": False,
    }


def test_an_erased_address_is_free_again(make_user):
    user = make_user(email="ada@example.com")
    personal_data.erase(user)

    again = make_user(email="ada@example.com")

    assert again.pk != user.pk


def test_answers_for_the_user_model_of_the_project():
    assert get_user_model()._meta.label in personal_data.covered_models()
