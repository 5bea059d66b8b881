"""What only the project knows is named by ``check``, and its rules refuse with 400."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from starterkit_auth.models import EmailAddress
from starterkit_core.testing.plugin import PASSWORD

PHONE = "+551199"


@pytest.fixture
def bob(person):
    """Another person, who has a phone."""
    person.email = "bob@example.com"
    assert person.sign_up(phone=PHONE, last_name="Bell").status_code == 202
    person.confirm()
    person.email = "ada@example.com"
    return person


def refused_for(response):
    assert response.json()["code"] == "validation_error"
    return response.status_code, [it["pointer"] for it in response.json()["errors"]]


def test_check_names_the_columns_that_a_sign_up_leaves_empty(db, settings):
    settings.STARTERKIT_OVERRIDES = {}

    call_command("check", stderr=(out := StringIO()))

    text = out.getvalue()
    assert "starterkit_auth.W009" in text
    assert "phone, branch" in text
    assert "user_fields" in text


def test_check_is_silent_once_the_project_fills_them(db):
    call_command("check", fail_level="WARNING", stderr=(out := StringIO()))

    assert "W009" not in out.getvalue()


def test_the_journey_works_for_a_project_that_fills_them(person):
    assert person.sign_up(phone=PHONE).status_code == 202
    assert person.confirm().status_code == 201
    assert person.refresh().status_code == 200


@pytest.mark.parametrize("email", ["new@example.com", "bob@example.com"])
@pytest.mark.parametrize(
    ("fields", "pointers"),
    [
        ({"phone": "none"}, ["/phone"]),
        ({"phone": PHONE}, ["/phone"]),
        ({"phone": "+1", "last_name": "Bell"}, [""]),
    ],
)
def test_refuses_a_value_alike_whether_or_not_the_address_is_taken(
    bob, email, fields, pointers, mailbox
):
    bob.email, sent = email, len(mailbox)

    response = bob.sign_up(**fields)

    assert refused_for(response) == (400, pointers)
    assert len(mailbox) == sent
    assert get_user_model().objects.count() == 1


def test_a_sign_up_that_was_never_confirmed_holds_no_value(person):
    person.sign_up(phone=PHONE, last_name="Byron")

    response = person.sign_up(phone=PHONE, last_name="Lovelace")

    assert response.status_code == 202
    assert person.confirm().status_code == 201
    assert get_user_model().objects.get().last_name == "Lovelace"


@pytest.mark.parametrize(
    ("fields", "pointers"),
    [({"first_name": "Eve"}, ["/first_name"]), ({"last_name": "Closed"}, [""])],
)
def test_what_save_refuses_is_refused_once_the_address_is_proven(
    person, fields, pointers
):
    person.sign_up(phone=PHONE, **fields)

    response = person.confirm()

    assert refused_for(response) == (400, pointers)
    assert not get_user_model().objects.exists()
    assert not EmailAddress.objects.exists()


def test_refused_sign_ups_count(person, settings):
    settings.STARTERKIT_AUTH = {"REGISTRATION_NETWORK_LIMIT": "2/1h"}
    answers = [person.sign_up(phone="none").status_code for _ in range(3)]

    assert answers == [400, 400, 429]


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"first_name": "Eve"}, ["/first_name"]),
        ({"last_name": "Closed"}, [""]),
    ],
)
def test_what_save_refuses_is_refused_in_my_account(bob, changes, pointers):
    before = bob.read_me().json()

    response = bob.send("PATCH users/v1/me/", changes)

    assert refused_for(response) == (400, pointers)
    assert bob.read_me().json() == before


def test_a_name_that_must_be_unique_is_refused_in_my_account(bob):
    bob.sign_up(phone="+2", last_name="Ada")
    bob.confirm()

    response = bob.send("PATCH users/v1/me/", {"last_name": "Bell"})

    assert refused_for(response) == (400, [""])


def test_values_that_another_request_just_took_are_refused(bob, settings):
    folder = "tests.hosts.required_column.sign_up"
    ours = settings.STARTERKIT_OVERRIDES
    bob.sign_up(phone="+2", last_name="Ada")
    bob.confirm()
    settings.STARTERKIT_OVERRIDES = {
        **ours,
        "starterkit_users.v1.me.patch": f"{folder}.TakenMeanwhile",
        "starterkit_auth.use_cases.create_account": f"{folder}.CreateTakenMeanwhile",
    }

    renamed = bob.send("PATCH users/v1/me/", {"last_name": "Bell"})
    bob.email = "new@example.com"
    bob.sign_up(phone=PHONE)
    confirmed = bob.confirm()

    assert refused_for(renamed) == refused_for(confirmed) == (400, [""])
    assert get_user_model().objects.count() == 2


@pytest.mark.parametrize("door", ["password", "reset", "change"])
def test_what_save_refuses_is_refused_at_every_confirmation(bob, door, user_model):
    bob.email = "bob@example.com"
    if door == "reset":
        bob.ask_for_reset()
    if door == "change":
        bob.send("POST auth/v1/email/change/", {"email": "new@example.com"})
    user_model.objects.update(first_name="Eve")

    response = {
        "password": lambda: bob.send(
            "PUT auth/v1/password/",
            {
                "current_password": PASSWORD,
                "new_password": "a rose is a rose is",
            },
        ),
        "reset": lambda: bob.send(
            "POST auth/v1/password/reset/confirmation/",
            {
                "email": bob.email,
                "code": bob.code,
                "new_password": "a rose is a rose is",
            },
        ),
        "change": lambda: bob.send(
            "POST auth/v1/email/change/confirmation/", {"code": bob.code}
        ),
    }[door]()

    assert refused_for(response) == (400, ["/first_name"])


def test_a_row_that_save_refuses_by_now_still_signs_in_with_an_old_hash(
    bob, user_model
):
    former = make_password(PASSWORD, hasher="scrypt")
    user_model.objects.update(first_name="Eve", password=former)
    bob.email = "bob@example.com"

    assert bob.sign_in().status_code == 201
    assert bob.read_me().status_code == 200
    assert user_model.objects.get().password == former


@pytest.fixture
def user_model():
    return get_user_model()
