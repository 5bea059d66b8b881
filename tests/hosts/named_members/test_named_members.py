"""User names that no other one looks like, and phone numbers of one account each."""

import json
import sys
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.checks import run_checks
from django.core.exceptions import FieldError, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils import timezone

from starterkit_auth.conftest import open_session
from starterkit_core.testing.client import ApiClient
from starterkit_users.utils.usernames import username_key

pytestmark = pytest.mark.django_db

User = get_user_model()

USERS = "/api/users/v1/"


def make(**fields):
    number = User.objects.count()
    return User.objects.create_user(f"person{number}@example.com", **fields)


def errors_of(user):
    with pytest.raises(ValidationError) as refused:
        user.full_clean(exclude=["password"])
    return {
        name: [it.code for it in found]
        for name, found in refused.value.error_dict.items()
    }


def test_the_journey_works(person):
    assert person.walk() == ""


def test_users_need_neither(person):
    for _ in range(2):
        user = make()
        user.full_clean(exclude=["password"])

    assert {
        *User.objects.values_list("username", "username_key", "verified_phone")
    } == {("", None, None)}


@pytest.mark.parametrize(
    "other", ["ada.love", "ADA_LOVE", "adalove", "ada-1ove", "ada.l0ve", "Ada.Iove"]
)
def test_no_name_looks_like_another(other):
    make(username="ada.love")

    assert errors_of(User(email="b@example.com", username=other)) == {
        "username": ["unique"]
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        make(username=other)


def test_other_names_are_free():
    make(username="ada.love")

    User(email="b@example.com", username="ada.loves").full_clean(exclude=["password"])


@pytest.mark.parametrize(
    "name",
    [
        "ab",
        "a b",
        "\u0430da",
        "ada\u200b",
        "ada..b",
        ".ada",
        "ada-",
        "ada@b",
        "ada/b",
        "ada\0",
    ],
)
def test_refuses_a_malformed_name(name):
    found = errors_of(User(email="b@example.com", username=name))

    assert found.keys() == {"username"}


@pytest.mark.parametrize(
    "name", ["admin", "Admin", "adm1n", "a.d.m.i.n", "acme", "ACM-E"]
)
def test_refuses_a_reserved_name(name):
    assert errors_of(User(email="b@example.com", username=name)) == {
        "username": ["reserved"]
    }


def test_a_name_and_its_key_stay_together_in_every_way_to_save():
    user = make(username="first")
    user.username = "second"
    user.save(update_fields=["username"])
    assert key_of(user) == username_key("second")

    User.objects.filter(pk=user.pk).update(username="third")
    assert key_of(user) == username_key("third")

    User.objects.update(username=Concat(Value("x"), "username"))
    assert key_of(user) == username_key("xthird")

    user.username = "fourth"
    User.objects.bulk_update([user], ["username"])
    assert key_of(user) == username_key("fourth")

    data = json.loads(serializers.serialize("json", [user]))
    data[0]["fields"] |= {"username": "fifth", "username_key": "x"}
    for row in serializers.deserialize("json", json.dumps(data)):
        row.save()
    assert key_of(user) == username_key("fifth")

    with pytest.raises(FieldError):
        User.objects.update(username_key="x")


def key_of(user):
    return User.objects.values_list("username_key", flat=True).get(pk=user.pk)


@pytest.mark.parametrize(
    "text", ["+55 11 96123-4567", "(11) 96123-4567", "11961234567", "+5511961234567"]
)
def test_a_number_is_saved_as_e164(text):
    user = make(phone=text)

    assert User.objects.get(pk=user.pk).phone == "+5511961234567"


@pytest.mark.parametrize(
    "text", ["911", "+1", "hello", "+55 11 96123-4567 ext 3", "1" * 99]
)
def test_refuses_what_is_no_number(text):
    assert errors_of(User(email="b@example.com", phone=text)) == {"phone": ["invalid"]}
    with pytest.raises(ValueError, match="phone number"):
        make(phone=text)


def test_one_account_verifies_a_number():
    first, second = make(phone="11961234567"), make(phone="+5511961234567")
    first.phone_verified_at = timezone.now()
    first.save(update_fields=["phone_verified_at"])

    second.phone_verified_at = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_another_number_is_not_verified():
    user = make(phone="11961234567", phone_verified_at=timezone.now())
    assert User.objects.get(pk=user.pk).verified_phone == "+5511961234567"

    user.phone = "+5511961234568"
    user.save()

    saved = User.objects.get(pk=user.pk)
    assert (saved.verified_phone, saved.phone_verified_at) == (None, None)


def test_the_same_number_in_another_spelling_stays_verified():
    user = User.objects.get(
        pk=make(phone="11961234567", phone_verified_at=timezone.now()).pk
    )

    user.phone = "(11) 96123-4567"
    user.full_clean(exclude=["password"])
    user.save()

    assert User.objects.get(pk=user.pk).verified_phone == "+5511961234567"


def test_e002_a_phone_number_needs_its_library(monkeypatch):
    assert "starterkit_users.E002" not in {it.id for it in run_checks()}

    monkeypatch.setitem(sys.modules, "phonenumbers", None)  # not to be found

    assert "starterkit_users.E002" in {it.id for it in run_checks()}


def test_the_project_is_checked_without_a_message(db):
    call_command("check", fail_level="WARNING")


FORMER, OTHER = "+5511961234567", "+5511961234568"


def caller(user, **columns):
    client = ApiClient()
    token = open_session(user, **columns).access_token
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


@pytest.fixture
def reachable():
    """A user with a verified number."""
    return make(phone=FORMER, phone_verified_at=timezone.now())


def long_ago():
    return timezone.now() - timedelta(hours=1)


def test_a_session_that_was_left_open_changes_no_number(reachable):
    stale = caller(reachable, authenticated_at=long_ago())

    refused = stale.patch(f"{USERS}me/", {"phone": OTHER, "first_name": "Eve"})

    assert (refused.status_code, refused.json()["code"]) == (403, "step_up_required")
    saved = User.objects.get(pk=reachable.pk)
    assert (saved.phone, saved.verified_phone, saved.first_name) == (FORMER, FORMER, "")


def test_with_a_recent_proof_the_number_changes_and_is_not_verified(reachable):
    response = caller(reachable).patch(f"{USERS}me/", {"phone": "(11) 96123-4568"})

    assert response.status_code == 200, response.content
    saved = User.objects.get(pk=reachable.pk)
    assert (saved.phone, saved.verified_phone) == (OTHER, None)


def test_the_same_number_needs_no_proof(reachable):
    stale = caller(reachable, authenticated_at=long_ago())

    response = stale.patch(f"{USERS}me/", {"phone": FORMER, "first_name": "Ada"})

    assert response.status_code == 200, response.content
    assert response.json()["first_name"] == "Ada"


def test_no_impersonator_changes_the_number(reachable):
    chief = caller(make(is_superuser=True))
    url = f"{USERS}users/{reachable.pk}/impersonation/"
    token = chief.post(url, {"reason": "Ticket 4711"}).json()["access_token"]
    acting = ApiClient()
    acting.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    renamed = acting.patch(f"{USERS}me/", {"first_name": "Ada"})
    refused = acting.patch(f"{USERS}me/", {"phone": OTHER})

    assert renamed.status_code == 200, renamed.content
    assert refused.json()["code"] == "not_while_impersonating"
    assert User.objects.get(pk=reachable.pk).phone == FORMER


def test_an_administrator_needs_a_recent_proof_for_the_number_of_a_user(reachable):
    stale = caller(make(is_superuser=True), authenticated_at=long_ago())

    refused = stale.patch(f"{USERS}users/{reachable.pk}/", {"phone": OTHER})

    assert refused.json()["code"] == "step_up_required"
    assert User.objects.get(pk=reachable.pk).phone == FORMER
