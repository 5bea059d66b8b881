"""Exports of all data about a user: which there are, and which are over."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q
from django.utils import timezone

from starterkit_core.db.databases import (
    accounts_database,
    rows_beside,
    rows_of,
)
from starterkit_core.db.expired import Expired
from starterkit_core.ports import retention
from starterkit_core.services.limits import Limit
from starterkit_users.conf import conf, export_storage
from starterkit_users.models import DataExport, ErasedAccount, Erasure
from starterkit_users.services import export_files

ABANDONED_AFTER = timedelta(hours=1)
"""How long an export waits before a request begins it again."""

LONGEST_TRANSFER = timedelta(hours=1)
"""How long the file of a download is left alone: the server may still send it."""

State = DataExport.State


def are_possible() -> bool:
    """Return whether the project has a storage for the files."""
    return export_storage() is not None


def limit() -> Limit:
    """Return how often a user may ask for an export."""
    return Limit.parse("users_export", conf.EXPORT_LIMIT)


def running_of(user: AbstractBaseUser) -> DataExport | None:
    """Return the export of ``user`` that waits, if there is one."""
    return DataExport.objects.of(user).filter(running=True).first()


def is_abandoned(export: DataExport) -> bool:
    """Return whether its task must have been lost."""
    return export.created_at < timezone.now() - ABANDONED_AFTER


def replace_former(export: DataExport) -> None:
    """Void the files that its owner has from before; delete them after the commit."""
    mine = DataExport.objects.filter(user_id=export.user_id, state=State.READY)
    former = mine.exclude(pk=export.pk)
    names = [*former.values_list("file", flat=True)]
    former.update(state=State.REPLACED)
    export_files.delete_after_commit(names)


def erase(user: AbstractBaseUser) -> None:
    """Delete the exports of ``user``, and their files after the commit.

    The files stay if it is a copy of the account in another database.
    """
    mine = rows_beside(DataExport, user).filter(user_id=user.pk)
    names = [*mine.values_list("file", flat=True)]
    mine.delete()
    if mine.db == accounts_database() and are_possible():
        export_files.delete_after_commit(names)


class ExpiredFiles(Expired):
    """Exports whose files are deleted; the rows stay for a while."""

    def delete(self, keys: list[Any]) -> None:
        """Delete the files of these exports, and then their names.

        In this order, so that a name is left if the process is killed.
        """
        rows = rows_of(DataExport).filter(pk__in=keys)
        for name in rows.values_list("file", flat=True):
            export_files.delete(name)
        rows.update(file="", updated_at=timezone.now())


class ExpiredExports(ExpiredFiles):
    """Exports that are deleted, with a file that may be left."""

    def delete(self, keys: list[Any]) -> None:
        """Delete the files of these exports, and then the rows."""
        super().delete(keys)
        rows_of(DataExport).filter(pk__in=keys).delete()


def register() -> None:
    """Register these rows at core's ``retention`` port."""
    retention.register("starterkit_users.exports", all_expired)


def all_expired() -> list[Expired]:
    """Return what may be deleted now, by kind."""
    now = timezone.now()
    old, older = now - conf.EXPORT_RETENTION, now - conf.ERASURE_RETENTION
    exports = rows_of(DataExport)
    unclaimed = Q(state=State.READY, expires_at__lte=now)
    left = Q(state=State.DOWNLOADED, downloaded_at__lt=now - LONGEST_TRANSFER)
    with_file = exports.filter(unclaimed | left | Q(state=State.REPLACED))
    done = rows_of(Erasure).filter(state=Erasure.State.DONE)
    files = ExpiredFiles.since("files of exports", with_file.exclude(file=""), now)
    return [
        *([files] if are_possible() else []),
        ExpiredExports.since("exports", exports.filter(created_at__lt=old), old),
        Expired.since("erasures", done, older),
        Expired.since("erasure log", rows_of(ErasedAccount), older),
    ]
