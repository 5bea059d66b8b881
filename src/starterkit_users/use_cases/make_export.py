"""Makes the file of an export, in a task."""

import logging
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from starterkit_core.services import limits
from starterkit_core.services.tasks import task
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.conf import conf
from starterkit_users.mails.data_exports import ExportReadyMail
from starterkit_users.models import DataExport
from starterkit_users.services import data_exports, export_files

logger = logging.getLogger("starterkit.exports")

State = DataExport.State


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeExportInput(Input):
    """Which export, and the language of the mail."""

    export_id: str
    language: str = ""


class MakeExport(UseCase[MakeExportInput, bool]):
    """Save the file of an export that waits, and tell its owner by mail.

    Return whether there is a file now. Repeating it is safe, also at the same time: one
    attempt wins, and the others delete what they have made.
    """

    file = ""
    is_made = False

    def prepare(self) -> None:
        if export := self.begin():
            self.write_file(export)

    def run(self) -> bool:
        if not self.is_made:
            return False
        if not self.finish():
            self.discard()
            return False
        self.tell_owner()
        return True

    def begin(self) -> DataExport | None:
        """Return the export, if it waits, with the name of the file that is made.

        The file of an attempt that was killed is deleted.
        """
        export = self._waiting().select_related("user").first()
        if export is None:
            return None
        former, self.file = export.file, export_files.new_name(export)
        self._waiting().update(file=self.file)
        export_files.delete(former)
        return export

    def write_file(self, export: DataExport) -> None:
        """Save the file; if that fails, so has the export."""
        try:
            export_files.save(self.file, export.user)
            self.is_made = True
        except Exception:
            logger.exception("An export could not be made")
            self._fail(export)

    def finish(self) -> bool:
        """Save that the file is there, unless another attempt or an erasure was first.

        The former files of the owner are deleted: there is one at most.
        """
        now = timezone.now()
        ready = {"state": State.READY, "running": None}
        times = {"ready_at": now, "expires_at": now + conf.EXPORT_LIFETIME}
        mine = self._waiting().filter(file=self.file)
        if not mine.update(**ready, **times, updated_at=now):
            return False
        export = DataExport.objects.get(pk=self.input.export_id)
        data_exports.replace_former(export)
        return True

    def discard(self) -> None:
        """Delete the file that this attempt has made."""
        export_files.delete(self.file)

    def tell_owner(self) -> None:
        """Mail the owner that the file can be downloaded."""
        facts = {"export_id": self.input.export_id, "language": self.input.language}
        ExportReadyMail(**facts).send_later()

    def _fail(self, export: DataExport) -> None:
        """Save that the export failed; its owner may ask again at once."""
        self._waiting().update(state=State.FAILED, running=None)
        self.discard()
        limits.give_back(data_exports.limit(), str(export.user.pk))

    def _waiting(self) -> "QuerySet[DataExport]":
        return DataExport.objects.filter(pk=self.input.export_id, state=State.WAITING)


@task
def make_export(export_id: str, language: str) -> None:
    """Make the file of an export."""
    MakeExport.execute(MakeExportInput(export_id=export_id, language=language))
