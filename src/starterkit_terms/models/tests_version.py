"""Versions: which one is in force, and that a published one cannot change."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from starterkit_core.utils.uuid7 import uuid7
from starterkit_terms.conftest import LONG_AGO, make_text, publish
from starterkit_terms.errors import VersionPublished
from starterkit_terms.models import version_model

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def in_force(at):
    return {*version_model().objects.in_force(at)}


def test_exactly_one_version_of_each_document_is_in_force(make_document, make_version):
    terms, privacy = make_document(), make_document(nature="notice", mandatory=False)
    first = make_version(terms, at=LONG_AGO)
    second = make_version(terms, at=LONG_AGO + 10 * DAY)
    notice = make_version(privacy, at=LONG_AGO)

    assert in_force(LONG_AGO - DAY) == set()
    assert in_force(LONG_AGO) == {first, notice}
    assert in_force(LONG_AGO + 10 * DAY) == {second, notice}


def test_a_scheduled_version_takes_over_by_itself(make_version, make_draft):
    first = make_version()
    moment = timezone.now() + DAY
    second = publish(make_draft(first.document), effective_at=moment)

    assert second.state == second.State.SCHEDULED
    assert in_force(moment - timedelta(microseconds=1)) == {first}
    assert in_force(moment) == {second}


def test_a_draft_is_never_in_force(make_draft):
    draft = make_draft(effective_at=LONG_AGO)

    assert draft.state == draft.State.DRAFT
    assert in_force(timezone.now()) == set()


def test_the_number_is_unique_in_its_document(make_draft):
    draft = make_draft()

    with pytest.raises(IntegrityError), transaction.atomic():
        make_draft(draft.document, number=draft.number)


def test_cannot_be_enforced_before_it_takes_effect(make_draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_draft(effective_at=LONG_AGO, enforce_at=LONG_AGO - DAY)


def test_a_published_version_cannot_be_changed_or_deleted(make_version):
    version = make_version()
    rows = version_model().objects.filter(pk=version.pk)

    version.label = "other"
    stale = rows.get()
    stale.published_at, stale.label = None, "other"
    for attempt in (
        version.save,
        stale.save,
        version.delete,
        stale.delete,
        rows.delete,
        lambda: rows.update(label="other"),
        lambda: rows.bulk_update([version], ["label"]),
    ):
        with pytest.raises(VersionPublished), transaction.atomic():
            attempt()

    assert rows.get().label == "v1"


def test_only_publishing_makes_it_published(make_draft):
    draft = make_draft()
    rows = version_model().objects.filter(pk=draft.pk)
    now = timezone.now()

    draft.published_at = draft.effective_at = now
    twin = version_model()(document=draft.document, number=9, published_at=now)
    for attempt in (
        draft.save,
        twin.save,
        lambda: version_model().objects.bulk_create([twin]),
        lambda: rows.update(published_at=now, effective_at=now),
    ):
        with pytest.raises(VersionPublished), transaction.atomic():
            attempt()

    assert rows.get().published_at is None


def test_a_draft_can_be_changed_and_deleted(make_draft):
    draft, other = make_draft(), make_draft()
    draft.label = "other"

    draft.save()
    version_model().objects.filter(pk=draft.pk).update(change_summary="All new.")
    other.delete()

    stored = version_model().objects.get()
    assert (stored.label, stored.change_summary) == ("other", "All new.")


def test_a_text_of_a_published_version_cannot_be_changed(make_version, make_draft):
    version, draft = make_version(), make_draft()
    text = version.texts.get()
    mine = version.texts.all()
    moved = draft.texts.get()

    text.source = "Other"
    moved.version, moved.locale = version, "pt-br"
    for attempt in (
        text.save,
        text.delete,
        mine.delete,
        moved.save,
        lambda: make_text(version, "pt-br"),
        lambda: mine.update(source="Other"),
        lambda: mine.bulk_update([text], ["source"]),
        lambda: mine.model.objects.bulk_create([mine.model(version=version)]),
        lambda: draft.texts.update(version=version),
    ):
        with pytest.raises(VersionPublished), transaction.atomic():
            attempt()

    assert version.texts.get().source.startswith("# Terms")


def test_a_text_cannot_leave_a_published_version(make_version, make_draft):
    version, draft = make_version(), make_draft(texts=())
    text = version.texts.get()
    text.version = draft

    with pytest.raises(VersionPublished):
        text.save()


def test_drafts_and_their_texts_are_created_and_deleted_in_bulk(make_draft):
    draft = make_draft()
    twin = version_model().objects.get(pk=draft.pk)
    twin.pk, twin.number, twin._state.adding = uuid7(), 2, True

    version_model().objects.bulk_create([twin])
    texts = draft.texts.model.objects
    texts.bulk_create([texts.model(version=twin, locale="en", title="T", source="S")])
    draft.texts.all().delete()
    version_model().objects.filter(pk=draft.pk).delete()

    assert version_model().objects.get() == twin
    assert texts.get().version == twin


def test_texts_of_a_draft_can_be_changed_and_go_with_it(make_draft):
    draft = make_draft(texts=("en", "pt-br"))
    draft.texts.get(locale="pt-br").delete()
    text = draft.texts.get()
    text.source = "Other"
    text.save()
    draft.texts.update(title="Other")

    draft.delete()

    assert not type(text).objects.exists()


def test_what_was_accepted_cannot_be_deleted_by_its_document(make_version):
    version = make_version()

    with pytest.raises(models.ProtectedError):
        version.document.delete()


def test_a_version_is_superseded_by_one_in_force_only(make_version, make_draft):
    first = make_version()
    second = publish(make_draft(first.document), effective_at=timezone.now() + DAY)
    rows = version_model().objects.order_by("number")

    assert [it.state for it in rows] == ["published", "scheduled"]
    later = rows.with_state(second.effective_at)
    assert [it.is_superseded for it in later] == [True, False]


def test_states_of_a_list_take_no_query_for_each(
    make_version, make_draft, django_assert_num_queries
):
    document = make_version().document
    make_version(document)
    make_draft(document)

    with django_assert_num_queries(1):
        rows = version_model().objects.with_state(timezone.now()).order_by("number")
        states = [it.state for it in rows]

    assert states == ["superseded", "published", "draft"]


def test_what_is_announced_is_upcoming_and_public(make_version, make_draft):
    now = timezone.now()
    first = make_version()
    second = publish(
        make_draft(first.document), announce_at=now + DAY, effective_at=now + 2 * DAY
    )
    rows = version_model().objects

    assert [*rows.public(now)] == [first]
    assert not rows.upcoming(now).exists()
    assert {*rows.public(now + DAY)} == {first, second}
    assert rows.upcoming(now + DAY).get() == second
    assert {*rows.current(now + DAY)} == {first, second}
    assert rows.current(now + 2 * DAY).get() == second
