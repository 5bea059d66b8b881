"""What ``manage.py starterkit purge`` deletes of exports and erasures."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.conf import export_storage
from starterkit_users.models import DataExport, ErasedAccount, Erasure

pytestmark = pytest.mark.django_db


def purge(**options):
    said = io.StringIO()
    call_command("starterkit", "purge", stdout=said, **options)
    return said.getvalue()


def aged(row, age):
    """Return the row as it would be if it had been made so long ago."""
    moment = timezone.now() - age
    type(row).objects.filter(pk=row.pk).update(
        id=first_id_at(moment), created_at=moment
    )
    return type(row).objects.get(pk=first_id_at(moment))


def test_a_file_that_waits_stays(user, export_of):
    export = aged(export_of(user), timedelta(hours=1))

    purge()

    assert export_storage().exists(export.file)


@pytest.mark.parametrize(
    "over",
    [
        {"expires_at": timezone.now() - timedelta(minutes=1)},
        {"state": "replaced"},
        {
            "state": "downloaded",
            "downloaded_at": timezone.now() - timedelta(hours=2),
        },
    ],
)
def test_deletes_a_file_that_is_over_and_keeps_the_row(user, export_of, over):
    export = aged(export_of(user, **over), timedelta(days=2))

    assert "files of exports: 1 to remove" in purge(dry_run=True)
    assert export_storage().exists(export.file)
    assert "files of exports: 1 removed" in purge()

    assert not export_storage().exists(export.file)
    assert DataExport.objects.get(pk=export.pk).file == ""
    assert "files of exports: 0 removed" in purge()


def test_leaves_a_file_alone_that_is_being_sent(user, export_of):
    now = {"state": "downloaded", "downloaded_at": timezone.now()}
    export = aged(export_of(user, **now), timedelta(hours=1))

    purge()

    assert export_storage().exists(export.file)


def test_deletes_old_exports_with_what_is_left_of_them(user, export_of):
    export = aged(export_of(user), timedelta(days=31))
    young = DataExport.objects.create(user=user)

    purge()

    assert [*DataExport.objects.all()] == [young]
    assert not export_storage().exists(export.file)


def test_the_erasure_log_is_kept_for_two_years(db):
    old = aged(ErasedAccount.objects.create(pseudonym="a" * 64), timedelta(days=731))
    ErasedAccount.objects.create(pseudonym="b" * 64)
    done = {"account_id": "7", "reason": "test", "state": "done"}
    aged(Erasure.objects.create(**done), timedelta(days=731))
    running = {"account_id": "8", "reason": "test"}
    stuck = aged(Erasure.objects.create(**running), timedelta(days=732))

    purge()

    assert [it.pseudonym for it in ErasedAccount.objects.all()] == ["b" * 64]
    assert [*Erasure.objects.all()] == [stuck]
    assert old.pk
