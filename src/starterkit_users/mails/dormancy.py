"""The mail about an account that is not used."""

from typing import Any

from starterkit_users.conf import conf
from starterkit_users.mails.account_mail import AccountMail
from starterkit_users.services import dormancy, lifecycle


class DormancyMail(AccountMail):
    """Warns the owner, and says what will become of the account, and when."""

    template = "starterkit_users/mail/dormancy"

    def is_due(self) -> bool:
        """Return whether the account is still unused."""
        if not conf.DORMANT_AFTER or self.user.dormancy_warned_at is None:
            return False
        is_open = lifecycle.status_of(self.user) in dormancy.states()
        return is_open and dormancy.last_use(self.user) < self.user.dormancy_warned_at

    def context(self) -> dict[str, Any]:
        """Return when the account ends, and whether it is erased then."""
        end = self.user.dormancy_warned_at + conf.DORMANT_WARNING
        latest = max(end, dormancy.last_use(self.user) + conf.DORMANT_AFTER)
        return {"at": latest, "is_erased": conf.DORMANT_ACT == "erase"}
