"""The user model may be spread over two tables."""

from django.core.management import call_command


def test_the_journey_works(person):
    assert person.walk() == ""


def test_the_project_is_checked_without_a_message():
    call_command("check", fail_level="WARNING")
