"""A model without names, ``is_active``, ``last_login`` and permissions will do."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from starterkit_core.ports import personal_data
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.services.roles import roles_of


def test_the_journey_works(person):
    person.changes = {}

    assert person.walk() == ""


def test_an_account_shows_what_the_model_has(person):
    person.sign_up()
    person.confirm()

    assert person.read_me().json() == {
        "id": get_user_model().objects.get().pk,
        "email": person.email,
        "avatar": None,
    }


def test_a_field_that_the_model_lacks_is_neither_offered_nor_accepted(person):
    person.sign_up()
    person.confirm()

    response = person.send("PATCH users/v1/me/", {"first_name": "Ada"})
    schema = person.client.get("/api/schema/?format=json").json()

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == "/first_name"
    account = schema["components"]["schemas"]["UsersAccount"]
    assert "first_name" not in account["properties"]


def test_an_account_is_exported_and_erased(person):
    person.sign_up()
    person.confirm()
    user = get_user_model().objects.get()

    exported = personal_data.export(user)
    personal_data.erase(user)

    assert exported["account"]["email"] == person.email
    user.refresh_from_db()
    assert user.contact != person.email


def test_a_stranger_gets_no_account_that_was_used_without_a_proof(person, tuner):
    tuner("STARTERKIT_AUTH")(EMAIL_VERIFICATION="off")
    person.sign_up()
    person.sign_in()
    tuner("STARTERKIT_AUTH")(EMAIL_VERIFICATION="required")

    stranger = {"email": person.email, "password": "another horse another battery"}
    person.send("POST auth/v1/registration/", stranger)

    assert person.read_me().status_code == 200
    assert get_user_model().objects.get().check_password(PASSWORD)


def test_the_project_is_checked_without_a_message(db):
    call_command("check", fail_level="WARNING")


def test_without_groups_there_are_no_roles(person):
    person.sign_up()
    person.confirm()
    paths = person.client.get("/api/schema/?format=json").json()["paths"]

    assert not [path for path in paths if "roles" in path]
    assert person.send("GET users/v1/roles/").json()["code"] == "not_found"
    assert roles_of(get_user_model().objects.get()) == []
    with pytest.raises(CommandError, match="no groups"):
        call_command("sync_roles")
