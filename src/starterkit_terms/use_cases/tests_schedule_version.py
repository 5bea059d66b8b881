"""Scheduling: frozen now, in force by itself later, and back to a draft until seen."""

from datetime import timedelta

import pytest
from django.utils import timezone

from starterkit_core.models import AuditEvent
from starterkit_terms.conftest import publish
from starterkit_terms.errors import (
    DatesOutOfOrder,
    VersionNotFound,
    VersionNotScheduled,
    VersionOutdated,
)
from starterkit_terms.models import version_model
from starterkit_terms.use_cases.cancel_version import CancelVersion, CancelVersionInput
from starterkit_terms.use_cases.schedule_version import (
    ScheduleVersion,
    ScheduleVersionInput,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def schedule(version, **dates):
    return ScheduleVersion.execute(ScheduleVersionInput(version=version, **dates))


def cancel(version, actor=None):
    return CancelVersion.execute(CancelVersionInput(version=version, actor=actor))


def test_freezes_now_and_takes_effect_by_itself(make_draft, time_machine):
    tomorrow = timezone.now() + DAY

    version = schedule(make_draft(), effective_at=tomorrow, change_class="inform")

    assert version.state == version.State.SCHEDULED
    assert version.texts.get().content_hash
    time_machine.move_to(tomorrow)
    stored = version_model().objects.get()
    assert stored.state == stored.State.PUBLISHED


def test_refuses_a_date_that_does_not_lie_ahead(make_draft):
    with pytest.raises(DatesOutOfOrder):
        schedule(make_draft(), effective_at=timezone.now())


def test_a_cancelled_version_is_a_draft_again(make_draft, user):
    now = timezone.now()
    dates = {"announce_at": now + DAY, "effective_at": now + 2 * DAY}
    version = schedule(make_draft(), **dates)

    cancelled = cancel(version, actor=user)

    stored = version_model().objects.get()
    text = stored.texts.get()
    assert cancelled.state == stored.state == stored.State.DRAFT
    assert (stored.announce_at, stored.effective_at) == tuple(dates.values())
    assert (text.html, text.content_hash, text.html_hash, text.renderer) == ("",) * 4
    assert AuditEvent.objects.last().action == "terms.version_cancelled"
    text.source = "Changed"
    text.save()
    assert publish(stored).texts.get().html == "<p>Changed</p>\n"


def test_what_is_announced_cannot_be_cancelled(make_draft, time_machine):
    now = timezone.now()
    version = schedule(make_draft(), announce_at=now + DAY, effective_at=now + 2 * DAY)
    at_once = schedule(make_draft(), effective_at=now + DAY)

    with pytest.raises(VersionNotScheduled):
        cancel(at_once)
    time_machine.move_to(now + DAY)
    with pytest.raises(VersionNotScheduled):
        cancel(version)


def test_neither_drafts_nor_versions_in_force_can_be_cancelled(
    make_draft, make_version
):
    for version in (make_draft(), make_version()):
        with pytest.raises(VersionNotScheduled):
            cancel(version)


def test_a_version_on_which_a_later_one_builds_cannot_be_cancelled(make_draft):
    now = timezone.now()
    first = schedule(make_draft(), announce_at=now + DAY, effective_at=now + 2 * DAY)
    publish(make_draft(first.document), effective_at=first.effective_at)

    with pytest.raises(VersionOutdated):
        cancel(first)


def test_a_version_that_was_just_deleted_cannot_be_cancelled(make_draft):
    draft = make_draft()
    version_model().objects.filter(pk=draft.pk).delete()

    with pytest.raises(VersionNotFound):
        cancel(draft)
