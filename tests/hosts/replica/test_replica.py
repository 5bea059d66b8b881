from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connections
from django.test.utils import CaptureQueriesContext

from starterkit_auth.models import session_model
from starterkit_core.ports import personal_data

pytestmark = pytest.mark.django_db(databases="__all__", transaction=True)


@pytest.fixture
def replica_unasked():
    """Fail if the replica is asked anything during the test."""
    with CaptureQueriesContext(connections["replica"]) as asked:
        yield
    assert [query["sql"] for query in asked] == []


@pytest.mark.usefixtures("replica_unasked")
def test_the_api_works(person):
    wrong = person.walk()

    assert wrong == ""


@pytest.mark.usefixtures("replica_unasked")
def test_terms_are_published_accepted_and_enforced(person, publish_terms):
    person.sign_up()
    person.confirm()
    publish_terms("Be kind.")

    refused = person.rename()
    accepted = person.accept_terms()
    publish_terms("Be kinder.", label="2")

    assert refused.json()["code"] == "terms_acceptance_required"
    assert accepted.status_code == 201
    assert person.rename().json()["code"] == "terms_acceptance_required"


@pytest.mark.usefixtures("replica_unasked")
def test_the_purge_and_the_data_of_a_person_work(person):
    person.sign_up()
    person.confirm()
    user = get_user_model().objects.get()
    exported = personal_data.export(user)
    session_model().objects.update(expires_at="2020-01-01T00:00Z")

    call_command("auth_purge", stdout=StringIO())
    personal_data.erase(user)

    assert len(exported["auth"]["sessions"]) == 1
    assert not session_model().objects.exists()


def test_what_has_ended_is_not_open_because_the_replica_has_it_so(person):
    person.sign_up()
    person.confirm()
    for model in (get_user_model(), session_model()):
        model.objects.using("replica").bulk_create([*model.objects.all()])

    person.send("DELETE auth/v1/session/")

    assert person.read_me().status_code == 401
    assert person.refresh().status_code == 401


def test_a_suspension_in_the_admin_ends_the_sessions(person, suspend):
    person.sign_up()
    person.confirm()

    suspend(person.email)

    assert person.read_me().status_code == 401
    assert session_model().objects.get().revoke_reason == "deactivated"


def test_the_checks_are_content():
    call_command("check", "--database", "default", "--database", "replica")
