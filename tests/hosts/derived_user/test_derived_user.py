"""The user model may be spread over two tables."""

from django.core.management import call_command

from tests.hosts.derived_user.models import Account


def test_the_journey_works(person):
    assert person.walk() == ""


def test_the_project_is_checked_without_a_message(db):
    call_command("check", fail_level="WARNING")


def test_closing_the_account_in_the_table_of_its_parent_ends_its_sessions(person):
    person.sign_up()
    person.confirm()
    account = Account.objects.get(email=person.email)
    account.is_active = False
    account.save()

    account.is_active = True
    account.save()

    status = person.send("GET auth/v1/session/").status_code
    assert status == 401
