from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.use_cases import Input, UseCase
from starterkit_users.errors import ExportNotFound
from starterkit_users.models import DataExport


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadExportInput(Input):
    """Which export, and the user who must own it."""

    user: AbstractBaseUser
    export_id: UUID


class ReadExport(UseCase[ReadExportInput, DataExport]):
    """Return one export of a user.

    Raises:
        ExportNotFound: the user has no such export.
    """

    raises = (ExportNotFound,)
    atomic = False

    def run(self) -> DataExport:
        return self.find_export()

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
