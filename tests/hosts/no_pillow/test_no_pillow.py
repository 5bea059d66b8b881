"""Without Pillow there are no avatars, nothing breaks, and a check says why."""

from django.core.checks import run_checks
from django.core.management import call_command


def test_the_journey_works(person):
    assert person.walk() == ""


def test_there_is_neither_endpoint_nor_field(person):
    person.sign_up()
    person.confirm()

    assert "avatar" not in person.read_me().json()
    assert person.send("PUT users/v1/me/avatar/").status_code == 404
    assert person.send("DELETE users/v1/me/avatar/").status_code == 404


def test_the_document_has_neither(person):
    document = person.client.get("/api/schema/?format=json").json()

    assert not [path for path in document["paths"] if "avatar" in path]
    schemas = document["components"]["schemas"]
    assert "avatar" not in schemas["UsersAccount"]["properties"]
    assert "UsersSetAvatarRequest" not in schemas


def test_a_check_says_why(db):
    found = [message.id for message in run_checks(tags=["starterkit"])]

    assert "starterkit_users.I010" in found
    call_command("check", fail_level="WARNING")
