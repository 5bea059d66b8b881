from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_core.ports import personal_data

pytestmark = pytest.mark.django_db(databases=["identity"], transaction=True)


def test_the_api_works(person):
    wrong = person.walk()

    assert wrong == ""


def test_terms_the_purge_and_the_data_of_a_person_work(person, publish_terms):
    person.sign_up()
    person.confirm()
    publish_terms("Be kind.")
    refused = person.rename()
    accepted = person.accept_terms()
    exported = personal_data.export(get_user_model().objects.get())

    with time_machine.travel(timezone.now() + timedelta(days=200)):
        call_command("auth_purge", stdout=StringIO())
    personal_data.erase(get_user_model().objects.get())

    assert (refused.status_code, accepted.status_code) == (403, 201)
    assert len(exported["terms"]) == 1
    assert not session_model().objects.exists()


def test_a_suspension_in_the_admin_ends_the_sessions(person, suspend):
    person.sign_up()
    person.confirm()

    suspend(person.email)

    assert person.read_me().status_code == 401


def test_the_checks_are_content():
    call_command("check", "--database", "identity")
