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
from starterkit_core.utils.moments import iso
from starterkit_terms.conftest import LONG_AGO, accepting, make_text, publish
from starterkit_terms.errors import (
    DatesOutOfOrder,
    LocalesMissing,
    NoticeTooShort,
    PublisherIsAuthor,
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
from starterkit_terms.utils.content_hash import content_hash, sha256

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
        checkbox="",
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


def test_dates_without_a_time_zone_are_local(make_draft, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    tomorrow = timezone.now() + DAY
    local = timezone.make_naive(tomorrow)

    version = publish(make_draft(), effective_at=local, enforce_at=local)

    assert version.effective_at == version.enforce_at == tomorrow


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
def test_two_drafts_published_at_once_leave_one_version_in_force(
    make_document, make_draft
):
    document = make_document()
    drafts = [make_draft(document) for _ in range(4)]

    def attempt(draft):
        try:
            return publish(version_model().objects.get(pk=draft.pk))
        except (VersionOutdated, DatesOutOfOrder) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = [*pool.map(attempt, drafts)]

    published = [it for it in outcomes if not isinstance(it, Exception)]
    in_force = version_model().objects.in_force(timezone.now())
    assert published
    assert [it.pk for it in in_force] == [max(published, key=lambda it: it.number).pk]
    assert AuditEvent.objects.count() == len(published)


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
        checkbox=text.checkbox,
        source=text.source,
    )


def test_costs_the_same_for_any_number_of_versions(make_draft, make_version):
    document = make_version().document

    with CaptureQueriesContext(connection) as before:
        publish(make_draft(document))
    for _ in range(5):
        make_version(document, at=timezone.now())
    with CaptureQueriesContext(connection) as after:
        publish(make_draft(document))

    assert len(after) == len(before)


def test_an_empty_checkbox_and_its_wording_are_frozen(make_draft):
    draft = make_draft()
    draft.texts.update(checkbox="Eu aceito\u0301\r\n")

    text = publish(draft).texts.get()

    assert text.checkbox == "Eu aceit\u00f3\n"
    assert text.html_hash == sha256(text.html)


@pytest.mark.parametrize(
    ("required", "authoritative", "missing"),
    [
        (["en", "pt-BR"], "", ["pt-br"]),
        ([], "de", ["de"]),
        (["fr"], "de", ["de", "fr"]),
    ],
)
def test_refuses_missing_languages(
    make_draft, settings, required, authoritative, missing
):
    settings.STARTERKIT_TERMS = {"REQUIRED_LOCALES": required}
    draft = make_draft(authoritative_locale=authoritative)

    with pytest.raises(LocalesMissing) as refusal:
        publish(draft)

    assert refusal.value.facts == {"locales": missing}
    for locale in missing:
        make_text(draft, locale)
    assert publish(draft).published_at


def test_the_first_version_is_accepted_actively_whatever_was_chosen(make_draft):
    first = publish(make_draft(), change_class="silent")
    second = publish(make_draft(first.document), change_class="inform")
    third = publish(make_draft(first.document, change_class="silent"))

    stored = version_model().objects.order_by("number")
    assert [it.change_class for it in stored] == ["active", "inform", "silent"]
    assert third.change_class == "silent"
    assert second.change_class == "inform"


def test_refuses_to_take_effect_before_a_published_version(make_draft, make_version):
    document, june = make_version().document, timezone.now() + 9 * DAY
    announced = publish(make_draft(document), effective_at=june)
    draft = make_draft(document, change_class="silent")

    for dates in ({}, {"effective_at": june - DAY}):
        with pytest.raises(DatesOutOfOrder):
            publish(draft, **dates)

    assert version_model().objects.upcoming(timezone.now()).get() == announced
    same_day = publish(draft, effective_at=june)
    assert version_model().objects.in_force(june).get() == same_day


@pytest.mark.parametrize(
    "period", [timedelta(days=30), {"contract": timedelta(days=30)}]
)
def test_refuses_too_short_a_notice(make_draft, make_version, settings, period):
    settings.STARTERKIT_TERMS = {"NOTICE_PERIOD": period}
    document = make_version().document
    draft, now = make_draft(document), timezone.now()

    with pytest.raises(NoticeTooShort):
        publish(draft)
    with pytest.raises(NoticeTooShort):
        publish(draft, change_class="inform", effective_at=now + 29 * DAY)
    with pytest.raises(NoticeTooShort) as refusal:
        publish(
            draft,
            announce_at=now + DAY,
            effective_at=now + 2 * DAY,
            enforce_at=now + 30 * DAY,
        )

    assert refusal.value.facts == {"earliest": iso(now + 31 * DAY)}
    assert publish(draft, enforce_at=now + 31 * DAY).published_at


def test_a_late_enforcement_is_no_notice_of_what_only_informs(
    make_draft, make_version, settings
):
    settings.STARTERKIT_TERMS = {"NOTICE_PERIOD": 30 * DAY}
    draft, now = make_draft(make_version().document), timezone.now()

    with pytest.raises(NoticeTooShort):
        publish(draft, change_class="inform", enforce_at=now + 40 * DAY)

    later = {"effective_at": now + 31 * DAY, "enforce_at": now + 40 * DAY}
    assert publish(draft, change_class="inform", **later).published_at


def test_silent_changes_first_versions_and_other_natures_need_no_notice(
    make_draft, make_version, make_document, settings
):
    settings.STARTERKIT_TERMS = {"NOTICE_PERIOD": {"contract": timedelta(days=30)}}
    privacy = make_version(make_document(nature="notice", mandatory=False)).document

    first = publish(make_draft())

    assert publish(make_draft(first.document), change_class="silent").published_at
    assert publish(make_draft(privacy)).published_at


def test_with_four_eyes_no_author_publishes(make_draft, make_user, settings):
    settings.STARTERKIT_TERMS = {"FOUR_EYES": True}
    author, editor, publisher = make_user(), make_user(), make_user()
    draft = make_draft(authors=[str(author.pk), str(editor.pk)])

    for writer in (author, editor):
        with pytest.raises(PublisherIsAuthor):
            publish(draft, actor=writer)

    assert publish(draft, actor=publisher).published_at


def test_with_four_eyes_what_has_authors_needs_a_publisher(make_draft, user, settings):
    settings.STARTERKIT_TERMS = {"FOUR_EYES": True}
    written, read_from_files = make_draft(authors=[str(user.pk)]), make_draft()

    with pytest.raises(PublisherIsAuthor):
        publish(written)

    assert publish(read_from_files).published_at


def test_a_draft_loses_the_dates_that_are_not_given_if_so_wished(make_draft):
    ahead = timezone.now() + DAY
    draft = make_draft(effective_at=ahead, enforce_at=ahead + DAY)

    version = publish(draft, only_given_dates=True, enforce_at=ahead)

    assert version.state == version.State.PUBLISHED
    assert version.enforce_at == ahead


def test_authors_may_publish_without_that_setting(make_draft, user):
    assert publish(make_draft(authors=[str(user.pk)]), actor=user).published_at


def test_refuses_to_take_effect_before_the_announcement(make_draft):
    now = timezone.now()

    for dates in (
        {"announce_at": now - DAY},
        {"announce_at": now + 2 * DAY, "effective_at": now + DAY},
    ):
        with pytest.raises(DatesOutOfOrder):
            publish(make_draft(), **dates)

    later = publish(make_draft(), announce_at=now + DAY)
    assert later.effective_at == later.announce_at == now + DAY
