from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountDeleted, RateLimited
from starterkit_core.services import audit, limits
from starterkit_core.services.tasks import enqueue_after_commit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.models import DataExport
from starterkit_users.services import accounts, data_exports
from starterkit_users.use_cases.make_export import make_export


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExportInput(Input):
    """Whose data, from where, and in which language to mail."""

    user: AbstractBaseUser
    client: Client = NO_CLIENT
    language: str = ""


class RequestExport(UseCase[RequestExportInput, DataExport]):
    """Start an export; a task makes the file after the commit.

    A user has one that waits at most: of two requests at once, the second gets the
    export of the first.

    Raises:
        RateLimited: the user has asked too often.
        AccountDeleted: the account was deleted during the request.
    """

    raises = (RateLimited, AccountDeleted)

    def prepare(self) -> None:
        self.count_attempt()

    def run(self) -> DataExport:
        self.lock_account()
        export = self.find_running()
        if export is None:
            export = self.save_export()
            self.record_event(export)
            self.make_later(export)
        elif data_exports.is_abandoned(export):
            self.make_later(export)
        return export

    def count_attempt(self) -> None:
        """Count the request.

        Raises:
            RateLimited: there were too many.
        """
        limits.consume(data_exports.limit(), str(self.input.user.pk))

    def lock_account(self) -> None:
        """Lock the account until the transaction ends, so that requests take turns.

        Raises:
            AccountDeleted: it was deleted or erased during the request.
        """
        accounts.lock(self.input.user)

    def find_running(self) -> DataExport | None:
        """Return the export that waits, if there is one."""
        return data_exports.running_of(self.input.user)

    def save_export(self) -> DataExport:
        """Save an export that waits."""
        return DataExport.objects.create(user_id=self.input.user.pk)

    def record_event(self, export: DataExport) -> None:
        """Record that the user asked for all data."""
        user = self.input.user
        audit.record(
            "users.export_requested",
            actor=user,
            subject=user,
            client=self.input.client,
            facts={"export": str(export.pk)},
        )

    def make_later(self, export: DataExport) -> None:
        """Make the file in a task, after the commit."""
        enqueue_after_commit(make_export, str(export.pk), self.input.language)
