"""``terms_prune``: evidence of erased users ends, that of accounts does not."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_terms.conftest import accepting
from starterkit_terms.models import acceptance_model

pytestmark = pytest.mark.django_db(transaction=True)  # MySQL commits DDL at once


def run(**options):
    out = StringIO()
    call_command("terms_prune", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def people(make_user, client_of, make_version, time_machine):
    """Three users who accepted a version at the beginning of 2026, and it."""
    time_machine.move_to("2026-02-01T12:00:00Z")
    version, users = make_version(), [make_user() for _ in range(3)]
    for person in users:
        body = {"acceptances": [accepting(version)]}
        client_of(person).post(reverse("starterkit_terms:acceptances"), body)
    return users


def test_deletes_evidence_of_the_erased_when_its_time_is_over(
    guarded, people, time_machine
):
    time_machine.move_to("2027-02-01T12:00:00Z")
    personal_data.erase(people[0])
    personal_data.erase(people[1])
    time_machine.move_to("2037-02-01T11:00:00Z")
    assert "0 removed" in run()
    time_machine.move_to("2037-02-02T12:00:00Z")

    assert "2 to remove" in run(dry_run=True)
    assert acceptance_model().objects.count() == 3
    assert "2 removed" in run(batch_size=1)

    assert acceptance_model().objects.get().user == people[2]
    events = AuditEvent.objects.filter(action="terms.evidence_pruned")
    assert [event.facts for event in events] == [{"number": 1}] * 2
    assert "0 removed" in run()


def test_keeps_every_act_of_an_account_however_old(guarded, people, time_machine):
    time_machine.move_to("2099-01-01T00:00:00Z")

    assert "0 removed" in run()

    assert acceptance_model().objects.count() == 3
    call_command("terms_verify", stdout=StringIO())


def test_the_project_says_for_how_long(people, time_machine, settings):
    settings.STARTERKIT_TERMS = {"EVIDENCE_RETENTION": timedelta(days=1)}
    personal_data.erase(people[0])
    time_machine.move_to("2026-02-03T12:00:00Z")

    assert "1 removed" in run()
