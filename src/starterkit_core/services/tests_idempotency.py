"""Claims of requests that are being answered, and the end of kept answers."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from starterkit_core.errors import RequestInProgress
from starterkit_core.models import KeptAnswer
from starterkit_core.services import idempotency
from starterkit_core.services.idempotency import KeyedRequest
from starterkit_core.utils.uuid7 import first_id_at

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_of():
    """Return a function that makes a request of a user with a key."""

    def make(user, key="a key"):
        place = {"operation": "POST things", "path": "/things/"}
        return KeyedRequest.of(user, key=key, content=None, **place)

    return make


@pytest.fixture
def keep(request_of):
    """Return a function that keeps an answer for a user, made so long ago."""

    def make(user, key="a key", ago=timedelta(0), body='{"name":"Lamp"}'):
        kept = idempotency.begin(request_of(user, key), "default")
        idempotency.complete(kept, status=201, headers={}, body=body)
        then = timezone.now() - ago
        rows = KeptAnswer.objects.filter(pk=kept.pk)
        rows.update(id=first_id_at(then), created_at=then)
        return KeptAnswer.objects.get(pk=first_id_at(then))

    return make


def purge(*options):
    out = StringIO()
    call_command("starterkit", "purge", *options, stdout=out)
    return next(it for it in out.getvalue().splitlines() if "kept answers" in it)


def test_one_request_at_a_time_is_answered(user, request_of):
    idempotency.claim(request_of(user))

    with pytest.raises(RequestInProgress):
        idempotency.claim(request_of(user))
    idempotency.claim(request_of(user, "another key"))
    idempotency.release(request_of(user))
    idempotency.claim(request_of(user))


def test_the_claim_of_a_killed_process_ends_by_itself(user, request_of):
    with time_machine.travel("2026-11-26T08:00:00Z", tick=False):
        idempotency.claim(request_of(user))
    in_time = time_machine.travel("2026-11-26T08:00:09Z", tick=False)
    with in_time, pytest.raises(RequestInProgress):
        idempotency.claim(request_of(user))
    with time_machine.travel("2026-11-26T08:00:11Z", tick=False):
        idempotency.claim(request_of(user))


def test_a_use_case_of_another_database_keeps_no_answer(user, request_of):
    with pytest.raises(ImproperlyConfigured, match="elsewhere"):
        idempotency.begin(request_of(user), "elsewhere")


def test_expired_answers_are_purged(user, keep):
    keep(user, "old", ago=2 * DAY)
    kept = keep(user, "new", ago=DAY / 2)

    counted, removed = purge("--dry-run"), purge()

    assert counted == "kept answers: 1 to remove"
    assert removed == "kept answers: 1 removed"
    assert [*KeptAnswer.objects.all()] == [kept]


def test_the_lifetime_of_a_key_is_a_setting(user, keep, settings):
    settings.STARTERKIT_CORE = {"IDEMPOTENCY_KEY_LIFETIME": 3 * DAY}
    keep(user, ago=2 * DAY)

    assert purge() == "kept answers: 0 removed"


@pytest.mark.parametrize(("days", "behind"), [(7, False), (9, True)])
def test_knows_when_it_was_not_purged(user, keep, days, behind):
    keep(user, ago=days * DAY)

    assert idempotency.is_behind() is behind


@pytest.mark.django_db(transaction=True)
def test_parallel_purges_remove_each_row_once(at_once, user, keep):
    for number in range(40):
        keep(user, str(number), ago=2 * DAY + number * timedelta(seconds=1))

    said = at_once(8, lambda _: purge("--batch-size", "7"))

    assert sum(int(line.split()[2]) for line in said) == 40
    assert not KeptAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_purge_waits_for_no_request(at_once, user, keep, request_of):
    keep(user, "old", ago=2 * DAY)
    with transaction.atomic():
        idempotency.begin(request_of(user), "default")

        assert at_once(1, lambda _: purge()) == ["kept answers: 1 removed"]
