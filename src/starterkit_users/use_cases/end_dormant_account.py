"""Warns the owner of an account that is not used, and ends it later."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from starterkit_core.ports import account_access
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_users.conf import conf
from starterkit_users.errors import UserNotFound
from starterkit_users.mails.dormancy import DormancyMail
from starterkit_users.models import Status
from starterkit_users.services import dormancy, lifecycle, ranks
from starterkit_users.use_cases.start_erasure import start_erasure

REASON = "dormant"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDormantAccountInput(Input):
    """Whose account; it was unused when it was read."""

    user_id: str


class EndDormantAccount(UseCase[EndDormantAccountInput, str]):
    """Apply the project's policy; return what was done, or ``""``.

    The account is locked and looked at again, so concurrent runs do it once. An owner
    who comes back meanwhile keeps the account, and so does a new administrator.
    """

    def run(self) -> str:
        user = self.lock_user()
        if user is None or not dormancy.is_concerned(user):
            return ""
        if dormancy.is_due_to_warn(user):
            self.warn(user)
            return "warned"
        if not dormancy.is_dormant(user):
            return ""
        self.end(user)
        self.record_event(user)
        return conf.DORMANT_ACT

    def lock_user(self) -> Any:
        """Return the user, locked until the transaction ends; None if it is gone."""
        try:
            return ranks.lock_subject(self.input.user_id)
        except UserNotFound:
            return None

    def warn(self, user: Any) -> None:
        """Save that the owner was warned, and send the mail."""
        user.dormancy_warned_at = timezone.now()
        user.save(update_fields=["dormancy_warned_at"])
        DormancyMail.to(user).send_later()

    def end(self, user: Any) -> None:
        """Do what the policy says."""
        if conf.DORMANT_ACT == "erase":
            start_erasure(user, by=None, reason=REASON)
            return
        lifecycle.change(user, Status.DEACTIVATED, reason=REASON)
        account_access.end_sessions(user)

    def record_event(self, user: Any) -> None:
        """Record what became of the account."""
        facts = {"act": conf.DORMANT_ACT}
        audit.record("users.dormant_ended", subject=user, facts=facts)
