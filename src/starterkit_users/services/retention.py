"""Invitations that may be deleted now, with the accounts that were never used."""

from collections.abc import Iterator
from typing import Any

from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_core.db.expired import Expired
from starterkit_core.ports import retention
from starterkit_core.utils.uuid7 import first_id_at
from starterkit_users.conf import conf
from starterkit_users.models import Ending, invitation_model
from starterkit_users.models.invitation import over_since
from starterkit_users.services import invitations, new_accounts


class ExpiredInvitations(Expired):
    """Invitations that were answered or expired; of the latter, the accounts, too."""

    def delete(self, keys: list[Any]) -> None:
        """Delete the rows with these ids, and accounts that wait in vain."""
        unanswered = self.rows.filter(pk__in=keys, ending=Ending.OPEN)
        for found in unanswered.values_list("pk", flat=True):
            invitation, user = invitations.lock(found)
            if invitation is not None and user is not None:
                invitations.delete_account(invitation, user)
        super().delete(keys)


def register() -> None:
    """Register these rows at core's ``retention`` port."""
    retention.register("starterkit_users", all_expired)


def all_expired() -> Iterator[Expired]:
    """Yield what may be deleted now, by kind."""
    if not new_accounts.has_address():
        return
    since = timezone.now() - conf.INVITATION_RETENTION
    began = rows_of(invitation_model()).filter(pk__lt=first_id_at(since))
    over = began.filter(over_since(since))
    yield ExpiredInvitations("invitations", over, began)
