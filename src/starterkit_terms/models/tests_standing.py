"""What is pending and what blocks; deadlines pass without a job."""

from datetime import timedelta

import pytest
from django.utils import timezone

from starterkit_terms.conftest import LONG_AGO
from starterkit_terms.models import version_model
from starterkit_terms.services.evidence import AcceptedText
from starterkit_terms.v1.acceptances.post.use_case import AcceptTerms, AcceptTermsInput

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = LONG_AGO + 100 * DAY


def accept(user, version):
    text = version.texts.first()
    accepted = [AcceptedText(version=version.pk, content_hash=text.content_hash)]
    AcceptTerms.execute(AcceptTermsInput(user=user, accepted=accepted))


def pending(user, at):
    return [*version_model().objects.pending(user, at)]


def blocking(user, at):
    return [*version_model().objects.blocking(user, at)]


def test_what_is_in_force_blocks_until_it_is_accepted(user, make_user, make_version):
    version = make_version()
    assert pending(user, LATER) == blocking(user, LATER) == [version]

    accept(user, version)

    assert pending(user, LATER) == blocking(user, LATER) == []
    assert blocking(make_user(), LATER) == [version]


def test_the_first_version_waits_until_it_is_enforced(user, make_version):
    version = make_version(enforce_at=LATER)

    assert pending(user, LATER - DAY) == [version]
    assert blocking(user, LATER - DAY) == []
    assert blocking(user, LATER) == [version]


def test_a_period_of_grace_is_for_those_who_accepted_before(
    make_user, make_version, time_machine
):
    faithful, stranger = make_user(), make_user()
    first = make_version()
    time_machine.move_to(LONG_AGO + DAY)
    accept(faithful, first)
    second = make_version(first.document, at=LONG_AGO + 2 * DAY, enforce_at=LATER)

    grace = LATER - DAY
    assert pending(faithful, grace) == pending(stranger, grace) == [second]
    assert blocking(faithful, grace) == []
    assert blocking(stranger, grace) == [second]

    assert blocking(faithful, LATER) == [second]


def test_having_accepted_a_former_version_is_not_enough(
    user, make_version, time_machine
):
    first = make_version()
    time_machine.move_to(LONG_AGO + DAY)
    accept(user, first)
    second = make_version(first.document, at=LONG_AGO + 2 * DAY)

    assert blocking(user, LATER) == [second]


def test_what_was_accepted_stands_if_a_former_version_is_recorded_after_it(
    user, make_version, time_machine
):
    first = make_version()
    second = make_version(first.document, at=LONG_AGO + 2 * DAY)
    time_machine.move_to(LONG_AGO + 2 * DAY)
    accept(user, second)

    time_machine.move_to(LONG_AGO + DAY)  # the clock of another server is behind
    accept(user, first)

    assert blocking(user, LATER) == []


def test_what_is_optional_is_never_pending(user, make_document, make_version):
    make_version(make_document(mandatory=False))
    make_version(make_document(nature="notice", mandatory=False))

    assert pending(user, LATER) == blocking(user, LATER) == []


def test_documents_do_not_stand_for_each_other(user, make_version):
    first, second = make_version(), make_version()

    accept(user, first)

    assert blocking(user, LATER) == [second]


@pytest.mark.parametrize("change_class", ["silent", "inform"])
def test_only_an_active_change_asks_again_who_has_accepted(
    user, make_user, make_version, change_class
):
    first = make_version()
    accept(user, first)
    second = make_version(first.document, change_class=change_class)
    versions, now = version_model().objects, timezone.now()

    assert not versions.pending(user, now).exists()
    assert not versions.blocking(user, now).exists()
    newcomer = make_user()
    assert versions.pending(newcomer, now).get() == second
    assert versions.blocking(newcomer, now).get() == second


def test_an_active_change_is_not_hidden_by_a_later_silent_one(user, make_version):
    first = make_version()
    accept(user, first)
    make_version(first.document)
    third = make_version(first.document, change_class="silent")
    versions, now = version_model().objects, timezone.now()

    assert versions.pending(user, now).get() == third
    assert versions.blocking(user, now).get() == third
    accept(user, third)
    assert not versions.pending(user, now).exists()
