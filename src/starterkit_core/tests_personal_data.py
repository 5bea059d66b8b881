"""What core stores as personal data: exported, and forgotten with the account."""

import json

import pytest
from django.contrib.auth import get_user_model

from starterkit_core.models import AuditEvent, KeptAnswer
from starterkit_core.ports import personal_data
from starterkit_core.services import audit, idempotency
from starterkit_core.services.idempotency import KeyedRequest
from starterkit_core.utils.client import Client

pytestmark = pytest.mark.django_db

HOME = Client(address="203.0.113.77", user_agent="Phone", request_id="abcdefgh")
OFFICE = Client(address="198.51.100.1", user_agent="Office", request_id="hgfedcba")


@pytest.fixture
def chief(make_user):
    return make_user()


@pytest.fixture
def recorded(user, chief):
    """What the user did, what a stranger tried, and what an administrator did."""
    audit.record("x.acted", actor=user, subject=user, client=HOME, facts={"a": 1})
    audit.record("x.tried", subject=user, client=HOME)
    audit.record(
        "x.helped",
        actor=chief,
        subject=user,
        client=OFFICE,
        reason="Ada Lovelace called",
        facts={"b": 2},
    )


def lines_of(user):
    exported = personal_data.export(user)["audit"]
    assert json.loads(json.dumps(exported)) == exported
    return {line["action"]: line for line in exported}


def test_the_export_has_what_i_did_and_what_was_done_to_me(user, recorded):
    lines = lines_of(user)

    assert list(lines) == ["x.acted", "x.tried", "x.helped"]
    assert lines["x.acted"]["address"] == "203.0.113.77"
    assert lines["x.acted"]["facts"] == {"a": 1}
    assert lines["x.tried"]["address"] == "203.0.113.0/24"
    assert lines["x.helped"]["reason"] == "Ada Lovelace called"


def test_the_export_has_no_data_of_another_user(user, chief, recorded):
    assert lines_of(user)["x.helped"]["user_agent"] == ""
    assert lines_of(user)["x.helped"]["address"] == ""
    assert lines_of(chief)["x.helped"]["facts"] == {}
    assert lines_of(chief)["x.helped"]["reason"] == ""


@pytest.mark.parametrize("leave", [personal_data.erase, get_user_model().delete])
def test_a_user_who_leaves_is_forgotten(user, chief, recorded, leave):
    pk, administrator = str(user.pk), str(chief.pk)

    leave(user)

    kept = AuditEvent.objects.filter(action__startswith="x.").order_by("pk")
    acted, tried, helped = kept
    assert all(pk not in {event.actor_id, event.subject_id} for event in kept)
    assert len({acted.actor_id, acted.subject_id, tried.subject_id}) == 1
    assert helped.subject_id == acted.subject_id
    assert (helped.actor_id, helped.address) == (administrator, OFFICE.address)
    assert (helped.reason, helped.facts) == ("", {"b": 2})
    for event in (acted, tried):
        assert (event.address, event.user_agent, event.request_id) == ("", "", "")


def test_a_row_of_another_kind_with_the_same_id_stays(user):
    event = audit.record("x.acted", client=HOME)
    AuditEvent.objects.update(subject_id=str(user.pk), subject_type="shop.Order")

    personal_data.erase(user)

    event.refresh_from_db()
    assert (event.subject_id, event.address) == (str(user.pk), HOME.address)


@pytest.fixture
def keep():
    """Return a function that keeps an answer to a request of a user."""

    def make(user, body='{"name":"Lamp"}'):
        place = {"operation": "POST things", "path": "/things/", "content": None}
        request = KeyedRequest.of(user, key=body, **place)
        kept = idempotency.begin(request, "default")
        idempotency.complete(kept, status=201, headers={}, body=body)
        return kept

    return make


def test_the_export_has_the_answers_that_are_kept_for_me(user, chief, keep):
    keep(user)
    keep(user, body="")
    keep(chief)

    exported = personal_data.export(user)["kept_answers"]

    assert [it["body"] for it in exported] == [{"name": "Lamp"}, None]
    assert [it["status"] for it in exported] == [201, 201]


@pytest.mark.parametrize("leave", [personal_data.erase, get_user_model().delete])
def test_a_user_who_leaves_leaves_no_answer(user, chief, keep, leave):
    keep(user)
    kept = keep(chief)

    leave(user)

    assert [*KeptAnswer.objects.all()] == [kept]
