"""Acceptances: saved once, kept when the account is erased."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from model_bakery import baker

from starterkit_terms.errors import EvidenceFinal
from starterkit_terms.models import acceptance_model
from starterkit_terms.models.acceptance import TRACES

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_acceptance(make_version):
    def make(user, version=None, **fields):
        version = version or make_version()
        return baker.make(
            acceptance_model(),
            user=user,
            actor_id=str(user.pk),
            version=version,
            **fields,
        )

    return make


def test_there_is_one_of_each_version_and_person(user, make_user, make_acceptance):
    version = make_acceptance(user).version

    with pytest.raises(IntegrityError), transaction.atomic():
        make_acceptance(user, version)

    assert make_acceptance(make_user(), version).pk


def test_can_neither_be_changed_nor_deleted(user, make_acceptance):
    row = make_acceptance(user, locale="en")
    rows = acceptance_model().objects.all()

    row.locale = "fr"
    for attempt in (
        row.save,
        row.delete,
        rows.delete,
        lambda: rows.update(locale="fr"),
        lambda: rows.bulk_update([row], ["locale"]),
        lambda: rows.update_or_create({"locale": "fr"}, pk=row.pk),
        lambda: rows.bulk_create(
            [row],
            update_conflicts=True,
            update_fields=["locale"],
            unique_fields=["id"],
        ),
    ):
        with pytest.raises(EvidenceFinal), transaction.atomic():
            attempt()

    assert rows.get().locale == "en"


def test_a_copy_with_the_same_id_does_not_replace_it(user, make_acceptance):
    row = make_acceptance(user, locale="en")
    copy = acceptance_model().objects.get(pk=row.pk)
    copy._state.adding, copy.locale = True, "fr"

    with pytest.raises(IntegrityError), transaction.atomic():
        copy.save()

    assert acceptance_model().objects.get().locale == "en"


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "objected"},
        {"authority": "self", "organization_id": "acme"},
        {"authority": "organization", "organization_id": ""},
        {"action": "accepted", "expires_at": datetime(2026, 1, 1, tzinfo=UTC)},
    ],
)
def test_the_database_refuses_what_cannot_be(user, make_acceptance, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        make_acceptance(user, **fields)


def test_forgetting_keeps_the_act_and_drops_the_person(
    user, make_user, make_acceptance
):
    traces = dict.fromkeys(TRACES, "trace")
    row = make_acceptance(user, content_hash="f" * 64, **traces)
    other = make_acceptance(make_user(), **traces)

    assert acceptance_model().objects.forget(user) == 1
    assert acceptance_model().objects.forget(user) == 0

    kept = acceptance_model().objects.get(pk=row.pk)
    assert (kept.content_hash, kept.happened_at) == ("f" * 64, row.happened_at)
    assert kept.user is None
    assert kept.actor_id not in {"", str(user.pk)}
    assert {getattr(kept, trace) for trace in TRACES} == {""}
    assert acceptance_model().objects.get(pk=other.pk).address == "trace"


def test_outlives_the_account(user, make_acceptance):
    row = make_acceptance(user)

    user.delete()

    assert acceptance_model().objects.get(pk=row.pk).user is None
