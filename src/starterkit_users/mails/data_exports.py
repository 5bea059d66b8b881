"""The mail about an export that is ready."""

from functools import cached_property
from typing import Any

from starterkit_users.conf import conf
from starterkit_users.mails.account_mail import AccountMail
from starterkit_users.models import DataExport
from starterkit_users.services import user_rows


class ExportReadyMail(AccountMail):
    """Tells a user that the file with their data waits.

    Facts: ``export_id``, ``language``.
    """

    template = "starterkit_users/mail/export_ready"

    @cached_property
    def export(self) -> DataExport | None:
        """The export; None if it was downloaded, replaced or erased meanwhile."""
        ready = DataExport.objects.filter(state=DataExport.State.READY)
        return ready.filter(pk=self.facts["export_id"]).first()

    @cached_property
    def user(self) -> Any:
        """The owner of the export; None if one of both is gone."""
        return user_rows.find(str(self.export.user_id)) if self.export else None

    def context(self) -> dict[str, Any]:
        """Return until when it waits, and the page that downloads it."""
        export: Any = self.export
        return {"until": export.expires_at, "page": conf.EXPORT_PAGE}
