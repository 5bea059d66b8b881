"""Export of the account's personal data, and its erasure."""

import json

import pytest
from django.contrib.auth import get_user_model

from starterkit_core.ports import personal_data
from starterkit_users import personal_data as module
from starterkit_users.services import lifecycle
from starterkit_users.v1.users.user_id.impersonation.post.serializers import (
    StartImpersonationRequest,
)
from starterkit_users.v1.users.user_id.serializers import ReasonRequest
from starterkit_users.v1.users.user_id.suspension.put.serializers import (
    SuspendUserRequest,
)
from starterkit_users.v1.users.user_id.suspension.put.use_case import (
    SuspendUser,
    SuspendUserInput,
)

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("with_addresses")
def test_exports_the_account_without_secrets(make_user):
    user = make_user(first_name="Ada")

    exported = personal_data.export(user)["account"]

    assert exported["first_name"] == "Ada"
    assert exported["email"] == getattr(user, user.get_email_field_name())
    assert "password" not in exported
    assert json.loads(json.dumps(exported)) == exported


@pytest.mark.skipif(
    not lifecycle.has_status(), reason="the user model has no columns of the state"
)
def test_exports_why_the_user_was_suspended_but_not_by_whom(make_user):
    chief, user = make_user(is_superuser=True), make_user()
    given = SuspendUserInput(user_id=str(user.pk), reason="Sent spam", actor=chief)
    suspended = SuspendUser.execute(given)

    exported = personal_data.export(suspended)

    assert exported["account"]["status_reason"] == "Sent spam"
    [event] = [it for it in exported["audit"] if it["action"] == "users.suspended"]
    assert (event["reason"], event["by_me"]) == ("Sent spam", False)
    assert str(chief.pk) not in json.dumps(exported, default=str)


@pytest.mark.parametrize(
    "serializer", [SuspendUserRequest, ReasonRequest, StartImpersonationRequest]
)
def test_administrators_are_told_who_reads_what_they_write(serializer):
    told = serializer().fields["reason"].help_text

    assert "users read it only in the export of their data" in told


@pytest.mark.usefixtures("with_addresses")
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


@pytest.mark.usefixtures("with_addresses")
def test_a_model_without_names_and_address_loses_its_user_name(user, monkeypatch):
    monkeypatch.setattr(module, "account_fields", dict)

    blank = module.AccountData()._blank(user)

    assert blank[user.USERNAME_FIELD] == f"erased-{user.pk}"
    assert (blank["last_login"], blank["is_active"]) == (None, False)


@pytest.mark.usefixtures("with_addresses")
def test_an_erased_address_is_free_again(make_user):
    user = make_user(email="ada@example.com")
    personal_data.erase(user)

    again = make_user(email="ada@example.com")

    assert again.pk != user.pk


def test_answers_for_the_user_model_of_the_project():
    assert get_user_model()._meta.label in personal_data.covered_models()
