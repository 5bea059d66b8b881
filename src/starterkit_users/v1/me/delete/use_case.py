"""Deletes the own account, for the endpoint and the page."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import AccountDeleted
from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils import moments
from starterkit_core.utils.client import Client
from starterkit_users.conf import conf
from starterkit_users.errors import LastSuperuser, WrongStatus
from starterkit_users.mails.deletions import DeletionScheduledMail
from starterkit_users.models.lifecycle import Status
from starterkit_users.services import accounts, lifecycle, ranks
from starterkit_users.use_cases.start_erasure import start_erasure


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteAccountInput(Input):
    """Whose account; the caller has checked that it is the owner who wants it."""

    user: AbstractBaseUser
    client: Client


class DeleteAccount(UseCase[DeleteAccountInput, AbstractBaseUser]):
    """Schedule the deletion of an account, tell its owner, and end all its sessions.

    Without a grace period, or in a user model that cannot keep one, the erasure begins
    now. A deletion that is scheduled already keeps its moment.

    Raises:
        AccountDeleted: the erasure has begun.
        LastSuperuser: no other superuser is active.
        WrongStatus: an administrator has closed the account.
    """

    raises = (AccountDeleted, LastSuperuser, WrongStatus)

    def run(self) -> AbstractBaseUser:
        account: AbstractBaseUser = self.lock_account()
        self.check_superusers(account)
        if not self.has_grace():
            start_erasure(account, by=account, reason="self_service")
        elif not self.is_scheduled(account):
            self.schedule(account)
            self.end_sessions(account)
            self.record_event(account)
            self.send_mail(account)
        return account

    def lock_account(self) -> Any:
        """Return the account, locked until the transaction ends.

        Raises:
            AccountDeleted: the erasure has begun.
        """
        return accounts.lock_own(self.input.user)

    def check_superusers(self, account: AbstractBaseUser) -> None:
        """Refuse to leave the project without an administrator.

        Raises:
            LastSuperuser: no other superuser is active.
        """
        ranks.keep_a_superuser(account)

    def has_grace(self) -> bool:
        """Return whether the owner can take it back for a while."""
        return lifecycle.has_status() and bool(conf.DELETION_GRACE)

    def is_scheduled(self, account: AbstractBaseUser) -> bool:
        """Return whether the deletion is scheduled already.

        Raises:
            WrongStatus: an administrator has closed the account.
        """
        scheduled = Status.DELETION_SCHEDULED
        lifecycle.require(account, Status.ACTIVE, Status.DEACTIVATED, scheduled)
        return lifecycle.status_of(account) == scheduled

    def schedule(self, account: AbstractBaseUser) -> None:
        """Save when the account will be erased."""
        until = timezone.now() + conf.DELETION_GRACE
        lifecycle.change(account, Status.DELETION_SCHEDULED, until=until)

    def end_sessions(self, account: AbstractBaseUser) -> None:
        """End every session, this one too."""
        account_access.end_sessions(account, actor=account, client=self.input.client)

    def record_event(self, account: Any) -> None:
        """Record that the owner leaves, and when."""
        audit.record(
            "users.deletion_scheduled",
            actor=account,
            subject=account,
            client=self.input.client,
            facts={"at": moments.iso(account.status_until)},
        )

    def send_mail(self, account: AbstractBaseUser) -> None:
        """Tell the owner until when it can be taken back, and how."""
        DeletionScheduledMail.to(account).send_later()
