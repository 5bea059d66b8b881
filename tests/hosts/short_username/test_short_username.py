"""Nothing that a stranger sends is too long for the columns of the project."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.validators import MaxLengthValidator

from starterkit_core.ports import personal_data

LONG = f"{'a' * 50}@example.com"
FITS = f"{'a' * 48}@example.com"


def error_of(response):
    [error] = response.json()["errors"]
    return response.status_code, error["pointer"], error["code"]


def test_the_journey_works(person):
    assert person.walk() == ""


def test_two_people_get_usernames_that_fit(person):
    for name in ("ada", "bob"):
        person.email = f"{name}@example.com"
        person.sign_up()
        person.confirm()

    usernames = {user.username for user in get_user_model().objects.all()}
    assert [len(it) for it in usernames] == [15, 15]
    for user in get_user_model().objects.all():
        user.clean_fields()


def test_signing_up_with_an_address_that_is_too_long_is_refused(person, mailbox):
    person.email = LONG

    response = person.sign_up()

    assert error_of(response) == (400, "/email", "max_length")
    assert mailbox == []
    assert not get_user_model().objects.exists()


def test_the_longest_address_fits(person):
    person.email = FITS

    assert person.sign_up().status_code == 202
    assert person.confirm().status_code == 201


def test_changing_to_an_address_that_is_too_long_is_refused(person, mailbox):
    person.sign_up()
    person.confirm()

    response = person.send("POST auth/v1/email/change/", {"email": LONG})

    assert error_of(response) == (400, "/email", "max_length")
    assert len(mailbox) == 1


def test_a_change_that_a_newer_validator_refuses_is_refused(person, monkeypatch):
    person.sign_up()
    person.confirm()
    person.send("POST auth/v1/email/change/", {"email": FITS})
    field = get_user_model()._meta.get_field("email")
    shorter = [*field.validators, MaxLengthValidator(50)]
    monkeypatch.setitem(vars(field), "validators", shorter)

    response = person.send(
        "POST auth/v1/email/change/confirmation/", {"code": person.code}
    )

    assert error_of(response) == (400, "/email", "max_length")
    assert get_user_model().objects.get().email == person.email


@pytest.mark.parametrize("door", ["session", "password/reset", "registration/code"])
def test_an_address_that_is_too_long_is_unknown_at_the_other_doors(person, door):
    person.email = FITS
    known = person.send(f"POST auth/v1/{door}/", {"email": FITS, "password": "x" * 12})

    response = person.send(
        f"POST auth/v1/{door}/", {"email": LONG, "password": "x" * 12}
    )

    assert response.status_code == known.status_code < 500


def test_erasing_an_account_fits_the_columns(person):
    person.sign_up()
    person.confirm()
    user = get_user_model().objects.get()

    personal_data.erase(user)

    user.refresh_from_db()
    user.clean_fields(exclude=["password", "first_name", "last_name"])


def test_the_project_is_checked_without_a_message(db):
    call_command("check", fail_level="WARNING")
