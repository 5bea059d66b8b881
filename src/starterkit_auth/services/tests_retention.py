"""Only expired rows are removed; parallel runs are safe."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker

from starterkit_auth.models import (
    Challenge,
    Impersonation,
    PendingRegistration,
    session_model,
)
from starterkit_auth.services import retention
from starterkit_core.db import expired as core_expired
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.use_cases.purge_expired import PurgeExpired, PurgeExpiredInput
from starterkit_core.utils.uuid7 import uuid7

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NONE = {
    "sessions": 0,
    "challenges": 0,
    "pending registrations": 0,
    "events": 0,
    "impersonations": 0,
}
WAIT_ONE_SECOND = {
    "mysql": "SET innodb_lock_wait_timeout = 1",
    "postgresql": "SET lock_timeout = '1s'",
}
"""The longest wait for a row lock, by the vendor of the database."""


@pytest.fixture
def make_challenge(member, id_of):
    """Return a function that makes a challenge that expired so long ago."""

    def make(ago):
        then, key = timezone.now() - ago, id_of(ago + DAY)
        ends = {"expires_at": then, "link_expires_at": then}
        return baker.make(Challenge, id=key, user=member, key_id="00", **ends)

    return make


@pytest.fixture
def make_registration(id_of):
    """Return a function that makes a sign-up that expired so long ago."""

    def make(ago):
        ends = dict.fromkeys(["expires_at", "link_expires_at"], timezone.now() - ago)
        return baker.make(PendingRegistration, id=id_of(ago + DAY), **ends)

    return make


@pytest.fixture
def make_event(member, id_of):
    """Return a function that makes an event of so long ago."""

    def make(ago, action="auth.signed_in"):
        return AuditEvent.objects.create(
            id=id_of(ago), action=action, subject_id=str(member.pk)
        )

    return make


def batches_of(expired, batch_size):
    """Purge one kind, and return how many rows went with each batch."""
    deleted, after = [], None
    while True:
        given = PurgeExpiredInput(expired=expired, batch_size=batch_size, after=after)
        batch = PurgeExpired.execute(given)
        deleted.append(batch.deleted)
        after = batch.last
        if after is None:
            return deleted


def purge(batch_size=1_000):
    """Remove all expired rows, and return how many of each kind."""
    return {
        expired.name: sum(batches_of(expired, batch_size))
        for expired in retention.all_expired()
    }


@pytest.mark.parametrize("column", ["revoked_at", "idle_expires_at", "expires_at"])
def test_sessions_go_some_time_after_their_end(open_for, member, id_of, column):
    now = timezone.now()
    begun = [id_of(60 * DAY) for _ in range(3)]
    long_over = open_for(member, id=begun[0], **{column: now - 31 * DAY}).session
    just_over = open_for(member, id=begun[1], **{column: now - 29 * DAY}).session
    live = open_for(member, id=begun[2]).session

    counted = [expired.count() for expired in retention.all_expired()]
    removed = purge()

    kept = set(session_model().objects.values_list("pk", flat=True))
    assert kept == {just_over.pk, live.pk}
    assert long_over.pk not in kept
    assert removed == {**NONE, "sessions": 1}
    assert counted == [1, 0, 0, 0, 0]


def test_challenges_go_when_neither_code_nor_link_can_be_used(make_challenge):
    make_challenge(2 * DAY)
    kept = [make_challenge(DAY / 2), make_challenge(-DAY)]
    by_link = make_challenge(2 * DAY)
    Challenge.objects.filter(pk=by_link.pk).update(link_expires_at=timezone.now() + DAY)

    removed = purge()

    assert removed["challenges"] == 1
    assert set(Challenge.objects.all()) == {*kept, by_link}


def test_registrations_go_once_they_cannot_be_confirmed(make_registration):
    make_registration(timedelta(seconds=1))
    kept = make_registration(-timedelta(seconds=10))

    removed = purge()

    assert removed["pending registrations"] == 1
    assert [*PendingRegistration.objects.all()] == [kept]


def test_old_events_of_ours_go_and_those_of_others_stay(make_event, member):
    make_event(400 * DAY)
    kept = [
        make_event(400 * DAY, "users.suspended"),
        make_event(300 * DAY),
        audit.record("auth.signed_in", subject=member),
    ]

    removed = purge()

    assert removed["events"] == 1
    assert set(AuditEvent.objects.all()) == set(kept)


def test_the_settings_decide_how_long_each_is_kept(
    tune, open_for, member, make_event, id_of
):
    tune(SESSION_RETENTION=timedelta(0), EVENT_RETENTION=DAY)
    a_second_ago = timezone.now() - timedelta(seconds=1)
    open_for(member, id=id_of(DAY), revoked_at=a_second_ago)
    make_event(2 * DAY)

    assert purge() == {**NONE, "sessions": 1, "events": 1}


def test_impersonations_go_as_sessions_do(tune, member, make_user, id_of):
    tune(SESSION_RETENTION=DAY)
    over, kept = timezone.now() - 2 * DAY, timezone.now()
    for expires_at in (over, kept):
        Impersonation.objects.create(
            id=id_of(3 * DAY),
            user=member,
            impersonator=make_user(),
            session_id=uuid7(),
            expires_at=expires_at,
        )

    assert purge() == {**NONE, "impersonations": 1}
    assert Impersonation.objects.get().expires_at == kept


@pytest.mark.parametrize("batch_size", [1, 2, 5, 100])
def test_goes_in_batches(make_challenge, batch_size):
    for _ in range(5):
        make_challenge(2 * DAY)

    [_, challenges, *_] = retention.all_expired()
    deleted = batches_of(challenges, batch_size)

    assert sum(deleted) == 5
    assert len(deleted) == 5 // batch_size + 1
    assert not Challenge.objects.exists()


def test_repeating_it_is_safe(make_challenge):
    make_challenge(2 * DAY)

    assert purge()["challenges"] == 1
    assert purge()["challenges"] == 0


@pytest.mark.parametrize(("days", "behind"), [(7, False), (9, True)])
def test_knows_when_it_was_not_run(make_challenge, days, behind):
    make_challenge(days * DAY)

    assert retention.is_behind() is behind


def test_knows_by_the_registrations_too(make_registration):
    make_registration(8 * DAY)

    assert retention.is_behind()


def test_knows_by_the_sessions_too(open_for, member):
    open_for(member, expires_at=timezone.now() - 38 * DAY)

    assert retention.is_behind()


@pytest.mark.parametrize("kind", NONE)
def test_reads_no_row_that_began_too_late_to_be_over(kind):
    expired = {it.name: it for it in retention.all_expired()}[kind]

    with CaptureQueriesContext(connection) as queries:
        assert batches_of(expired, 10) == [0]

    table = expired.rows.model._meta
    selects = [q["sql"] for q in queries if q["sql"].startswith("SELECT")]
    key = connection.ops.quote_name(table.pk.column)
    bound = f"{connection.ops.quote_name(table.db_table)}.{key} < "
    assert [bound in select for select in selects] == [True, True]


def test_a_statement_looks_at_few_rows_however_few_are_over(
    make_challenge, monkeypatch
):
    monkeypatch.setattr(core_expired, "LOOKED_AT", 4)
    challenges = [make_challenge(2 * DAY) for _ in range(10)]
    later = timezone.now() + DAY
    kept = [challenge.pk for challenge in challenges[:9]]
    Challenge.objects.filter(pk__in=kept).update(link_expires_at=later)

    [_, expired, *_] = retention.all_expired()
    deleted = batches_of(expired, 100)

    assert len(deleted) == 3
    assert sum(deleted) == 1
    assert set(Challenge.objects.values_list("pk", flat=True)) == set(kept)


def test_costs_three_statements_per_batch(make_challenge, django_assert_num_queries):
    for _ in range(3):
        make_challenge(2 * DAY)
    [_, challenges, *_] = retention.all_expired()

    with django_assert_num_queries(5):  # two of them are the savepoint
        assert batches_of(challenges, 10) == [3]


@pytest.mark.django_db(transaction=True)
def test_parallel_runs_remove_each_row_once(at_once, make_challenge):
    for _ in range(60):
        make_challenge(2 * DAY)

    removed = at_once(16, lambda _: purge(batch_size=7)["challenges"])

    assert sum(removed) == 60
    assert not Challenge.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_skips_rows_that_another_run_has_locked(at_once, make_challenge):
    held, free = make_challenge(2 * DAY), make_challenge(2 * DAY)
    with transaction.atomic():
        Challenge.objects.select_for_update().get(pk=held.pk)

        def without_patience(number):
            with connection.cursor() as cursor:
                cursor.execute(WAIT_ONE_SECOND[connection.vendor])
            return purge()["challenges"]

        assert at_once(1, without_patience) == [1]
    assert [*Challenge.objects.all()] == [held]
    assert free.pk
