"""Closes an account for good, and starts the erasure of its data."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.services.tasks import enqueue_after_commit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.errors import LastSuperuser, UserNotFound
from starterkit_users.models import Erasure, Status
from starterkit_users.services import lifecycle, ranks
from starterkit_users.use_cases.erase_account import erase_account


@dataclass(frozen=True, slots=True, kw_only=True)
class StartErasureInput(Input):
    """Whose account, who wants it, and a word that says why.

    The word outlives the account, so it is none of a user.
    """

    user: AbstractBaseUser
    by: AbstractBaseUser | None = None
    reason: str
    client: Client = NO_CLIENT


def start_erasure(
    user: AbstractBaseUser, *, by: AbstractBaseUser | None, reason: str
) -> Erasure:
    """Close the account of ``user`` now and erase its data in a task.

    ``reason`` is a word of a program such as ``self_service``, never text of a user.

    Raises:
        UserNotFound: the account is gone.
        LastSuperuser: no active superuser would be left.
    """
    given = StartErasureInput(user=user, by=by, reason=reason)
    return StartErasure.execute(given)


class StartErasure(UseCase[StartErasureInput, Erasure]):
    """Close an account for good; a task erases its data after the commit.

    Its owner cannot sign in from that moment on, whatever becomes of the task. There is
    one erasure for each account: repeating it goes on with that one.

    Raises:
        UserNotFound: the account is gone.
        LastSuperuser: no active superuser would be left.
    """

    raises = (UserNotFound, LastSuperuser)

    def run(self) -> Erasure:
        account = self.lock_account()
        self.check_superusers(account)
        erasure, is_new = self.save_erasure(account)
        if is_new or self.is_open(account):
            self.close(account)
            self.record_event(account)
            self.begin(erasure)
        if erasure.state != Erasure.State.DONE:
            self.erase_later(erasure)
        return erasure

    def lock_account(self) -> Any:
        """Return the account as saved, also an erased one, locked.

        Raises:
            UserNotFound: it is gone.
        """
        return ranks.lock_subject(str(self.input.user.pk), erased=True)

    def check_superusers(self, account: AbstractBaseUser) -> None:
        """Refuse to leave the project without an administrator.

        Raises:
            LastSuperuser: no active superuser would be left.
        """
        ranks.keep_a_superuser(account)

    def save_erasure(self, account: AbstractBaseUser) -> tuple[Erasure, bool]:
        """Return the erasure of the account, and whether it is new."""
        reason = self.input.reason
        return Erasure.objects.get_or_create(
            account_id=str(account.pk), defaults={"reason": reason}
        )

    def is_open(self, account: Any) -> bool:
        """Return whether it was not closed by this; a backup may have brought it back.

        Of a model without a status, an inactive account without a password was closed.
        """
        if lifecycle.has_status():
            return lifecycle.status_of(account) != Status.ERASED
        can_enter = lifecycle.can_close() and account.is_active
        return bool(can_enter or account.has_usable_password())

    def begin(self, erasure: Erasure) -> None:
        """Save that the erasure is not done, also if it was before."""
        erasure.state, erasure.finished_at = Erasure.State.RUNNING, None
        erasure.save()

    def close(self, account: Any) -> None:
        """Let no client sign in any more; auth ends all access when it sees that."""
        account.set_unusable_password()
        account.save(update_fields=["password"])
        lifecycle.change(account, Status.ERASED, by=self.input.by)
        account_access.end_sessions(account, actor=self.input.by)

    def record_event(self, account: AbstractBaseUser) -> None:
        """Record who started it; the erasure makes this event anonymous, too."""
        given = self.input
        audit.record(
            "users.erasure_started",
            actor=given.by,
            subject=account,
            client=given.client,
            facts={"reason": given.reason},
        )

    def erase_later(self, erasure: Erasure) -> None:
        """Erase the data in a task, after the commit."""
        enqueue_after_commit(erase_account, str(erasure.pk))
