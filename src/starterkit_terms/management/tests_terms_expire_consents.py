"""``terms_expire_consents``: the ledger learns what time has done."""

from io import StringIO

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import Manager
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.signals import consent_withdrawn
from starterkit_terms.conftest import accepting
from starterkit_terms.models import ConsentState, acceptance_model

URL = reverse("starterkit_terms:consent", args=["news"])

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("terms_expire_consents", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def given(client_of, make_user, make_document, make_version, time_machine):
    """A consent that three users have given, and that has expired since."""
    document = make_document(
        key="news", nature="consent", mandatory=False, valid_months=1
    )
    version = make_version(document)
    time_machine.move_to("2026-03-01T12:00:00Z")
    people = [make_user() for _ in range(3)]
    for person in people:
        client_of(person).put(URL, accepting(version, state="given"))
    time_machine.move_to("2026-04-01T12:00:01Z")
    return people


def test_records_the_end_of_each_once(
    given, received, django_capture_on_commit_callbacks
):
    signals = received(consent_withdrawn)

    with django_capture_on_commit_callbacks(execute=True):
        assert "3 consents have expired" in run(batch_size=2)
        assert "0 consents have expired" in run()

    rows = acceptance_model().objects.filter(action="expired")
    assert {row.user for row in rows} == {*given}
    assert {(row.method, row.sequence, row.address) for row in rows} == {
        ("time", 2, "")
    }
    assert {signal["reason"] for signal in signals} == {"expired"}
    audited = AuditEvent.objects.filter(action="terms.consent_expired")
    assert {event.actor_id for event in audited} == {""}
    assert ConsentState.objects.filter(accepted_number=0).count() == 3


def test_what_users_see_does_not_depend_on_it(given, client_of):
    before = client_of(given[0]).get(URL).json()
    run()
    after = client_of(given[0]).get(URL).json()

    assert before["state"] == after["state"] == "expired"


def test_leaves_alone_what_was_withdrawn_or_given_again(given, client_of):
    version = acceptance_model().objects.first().version
    client_of(given[0]).put(URL, {"state": "withdrawn"})
    client_of(given[1]).put(URL, accepting(version, state="given"))

    assert "1 consents have expired" in run()


def test_a_user_whom_the_host_hides_keeps_no_consent_of_others_from_ending(
    given, monkeypatch
):
    class Visible(Manager):
        def get_queryset(self):
            return super().get_queryset().exclude(pk=given[0].pk)

    visible = Visible()
    visible.model = get_user_model()
    monkeypatch.setattr(get_user_model()._meta, "base_manager", visible)

    assert "3 consents have expired" in run()
