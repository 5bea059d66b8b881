"""Publishing: what is frozen, what is refused, and that one of two runs wins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_core.signals import version_published
from starterkit_terms.conftest import LONG_AGO, accepting, make_text, publish
from starterkit_terms.errors import (
    DatesOutOfOrder,
    VersionNotFound,
    VersionOutdated,
    VersionPublished,
    VersionWithoutText,
)
from starterkit_terms.models import VersionText, acceptance_model, version_model
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)
from starterkit_terms.utils.content_hash import content_hash

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_freezes_every_text(make_draft):
    draft = make_draft(texts=("en", "pt-br"))
    VersionText.objects.filter(version=draft.pk, locale="en").update(
        source="# A\u0301\r\n\r\nline"
    )

    version = publish(draft)

    english, portuguese = version.texts.order_by("locale")
    assert english.source == "# \u00c1\n\nline"
    assert english.html == "<h1>\u00c1</h1>\n<p>line</p>\n"
    assert english.renderer
    assert english.content_hash == content_hash(
        document=version.document.key,
        number=version.number,
        locale="en",
        title="Terms in en",
        source="# A\u0301\r\n\r\nline",
    )
    assert english.content_hash != portuguese.content_hash


def test_takes_effect_at_once_or_at_the_date_of_the_draft(make_draft):
    before = timezone.now()
    tomorrow = before + DAY

    at_once = publish(make_draft())
    planned = publish(make_draft(effective_at=tomorrow, enforce_at=tomorrow + DAY))
    moved = publish(
        make_draft(effective_at=tomorrow),
        effective_at=tomorrow + DAY,
        enforce_at=tomorrow + DAY,
    )

    assert before <= at_once.published_at == at_once.effective_at
    assert at_once.enforce_at is None
    assert (planned.effective_at, planned.deadline) == (tomorrow, tomorrow + DAY)
    assert moved.effective_at == moved.enforce_at == tomorrow + DAY
    stored = version_model().objects.get(pk=moved.pk)
    assert stored.effective_at == tomorrow + DAY


def test_refuses_dates_out_of_order(make_draft):
    now = timezone.now()

    with pytest.raises(DatesOutOfOrder):
        publish(make_draft(), effective_at=now - DAY)
    with pytest.raises(DatesOutOfOrder):
        publish(make_draft(), effective_at=now + 2 * DAY, enforce_at=now + DAY)


def test_refuses_a_version_without_text(make_draft):
    draft = make_draft(texts=())

    with pytest.raises(VersionWithoutText):
        publish(draft)

    make_text(draft, "en")
    assert publish(version_model().objects.get(pk=draft.pk)).published_at


def test_refuses_a_published_or_outdated_version(make_draft):
    first = make_draft()
    second = publish(make_draft(first.document))

    with pytest.raises(VersionPublished):
        publish(second)
    with pytest.raises(VersionOutdated):
        publish(first)


def test_refuses_a_draft_that_was_just_deleted(make_draft):
    draft = make_draft()
    version_model().objects.filter(pk=draft.pk).delete()

    with pytest.raises(VersionNotFound):
        publish(draft)


def test_the_last_word_is_one_statement_even_without_locks(make_draft):
    draft = make_draft()
    beaten = version_model().objects.get(pk=draft.pk)
    beaten.published_at = timezone.now()
    publish(draft)

    with pytest.raises(VersionPublished):
        PublishVersion(PublishVersionInput(version=draft)).save(beaten)


def test_sends_its_signal_after_commit_and_records_an_event(
    make_draft, user, received, django_capture_on_commit_callbacks
):
    signals = received(version_published)

    with django_capture_on_commit_callbacks(execute=True):
        version = publish(make_draft(), actor=user)

    assert [signal["version"] for signal in signals] == [version]
    event = AuditEvent.objects.get()
    assert (event.action, event.actor_id) == ("terms.version_published", str(user.pk))
    assert event.subject_id == str(version.pk)


def test_costs_the_same_for_any_number_of_acceptances(
    make_draft, make_version, make_user, client_of
):
    first = make_version(at=LONG_AGO)
    second, third = make_draft(first.document), make_draft(first.document)

    with CaptureQueriesContext(connection) as before:
        publish(second)
    for _ in range(5):
        accepted = {"acceptances": [accepting(second)]}
        client_of(make_user()).post(reverse("starterkit_terms:acceptances"), accepted)
    with CaptureQueriesContext(connection) as after:
        publish(third)

    assert acceptance_model().objects.count() == 5
    assert len(after) == len(before)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
def test_of_parallel_publications_one_wins(make_draft):
    draft = make_draft()

    def attempt(_):
        try:
            return publish(version_model().objects.get(pk=draft.pk))
        except VersionPublished:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        published = [version for version in pool.map(attempt, range(4)) if version]

    assert len(published) == 1
    assert AuditEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite in memory has one connection"
)
def test_an_edit_at_the_moment_of_publication_cannot_slip_in(make_draft):
    draft = make_draft()

    def edit(_):
        text = VersionText.objects.get(version=draft.pk)
        text.source = "Slipped in"
        try:
            text.save()
        except VersionPublished:
            return
        finally:
            connection.close()

    def attempt(_):
        publish(version_model().objects.get(pk=draft.pk))
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(job, None) for job in (edit, attempt, edit, edit)]
        [job.result() for job in jobs]

    text = VersionText.objects.get(version=draft.pk)
    assert text.content_hash == content_hash(
        document=draft.document.key,
        number=draft.number,
        locale=text.locale,
        title=text.title,
        source=text.source,
    )
