from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_core.utils.moments import as_utc
from starterkit_users.errors import ExportGone, ExportNotFound, ExportNotReady
from starterkit_users.models import DataExport
from starterkit_users.services.export_files import OneTimeFile

State = DataExport.State


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadExportInput(Input):
    """Which export, the user who must own it, and from where."""

    user: AbstractBaseUser
    export_id: UUID
    client: Client = NO_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """The file to send, and what to call it."""

    file: OneTimeFile
    name: str


class DownloadExport(UseCase[DownloadExportInput, Download]):
    """Hand out the file of an export, once; it is deleted when it is closed.

    Of two requests at once, one gets it.

    Raises:
        ExportNotFound: the user has no such export.
        ExportNotReady: there is no file yet.
        ExportGone: it was downloaded or replaced, or waited for too long.
    """

    raises = (ExportNotFound, ExportNotReady, ExportGone)

    def run(self) -> Download:
        export = self.find_export()
        self.check_state(export)
        self.claim(export)
        self.record_event(export)
        return self.open_file(export)

    def find_export(self) -> DataExport:
        """Return the export.

        Raises:
            ExportNotFound: the user has no export with this id.
        """
        mine = DataExport.objects.of(self.input.user)
        export = mine.filter(pk=self.input.export_id).first()
        if export is None:
            raise ExportNotFound
        return export

    def check_state(self, export: DataExport) -> None:
        """Refuse an export without a file.

        Raises:
            ExportNotReady: it is being made, or could not be.
            ExportGone: it is over.
        """
        if export.state in {State.WAITING, State.FAILED}:
            raise ExportNotReady
        if export.shown_state != State.READY:
            raise ExportGone

    def claim(self, export: DataExport) -> None:
        """Save that it is downloaded, in one statement: so that one request wins.

        Raises:
            ExportGone: another request was first.
        """
        now = timezone.now()
        ready = DataExport.objects.filter(pk=export.pk, state=State.READY)
        times = {"downloaded_at": now, "updated_at": now}
        if not ready.update(state=State.DOWNLOADED, **times):
            raise ExportGone

    def record_event(self, export: DataExport) -> None:
        """Record that the user downloaded all data."""
        user = self.input.user
        audit.record(
            "users.export_downloaded",
            actor=user,
            subject=user,
            client=self.input.client,
            facts={"export": str(export.pk)},
        )

    def open_file(self, export: DataExport) -> Download:
        """Return the open file.

        Raises:
            ExportGone: the storage has lost it.
        """
        try:
            file = OneTimeFile(export.file)
        except FileNotFoundError as error:
            raise ExportGone from error
        name = f"data-{as_utc(export.created_at):%Y-%m-%d}.zip"
        return Download(file=file, name=name)
