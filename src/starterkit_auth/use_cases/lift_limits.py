"""Lets a locked-out person try again at once, for ``auth_unlock``."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import mail_limits, sign_in_limits, usernames
from starterkit_core.errors import ServiceUnavailable
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftLimitsInput(Input):
    """Whose attempts to forget, and who says so; the caller has checked permissions."""

    name: str
    """An e-mail address, or what is typed at a door of Django's."""

    user: AbstractBaseUser | None = None
    """The account; None if there is none, as attempts count all the same."""

    actor: AbstractBaseUser | None = None
    client: Client = NO_CLIENT


class LiftLimits(UseCase[LiftLimitsInput, None]):
    """Forget the attempts that count for one account, so that its owner may try again.

    These are passwords, codes, and mails that were asked for. Attempts that count for
    a network, a known device or all clients stay counted.

    Raises:
        ServiceUnavailable: the cache that counts is down, and some are still counted.
    """

    raises = (ServiceUnavailable,)

    def prepare(self) -> None:
        key = self.find_key()
        self.forget_passwords(key)
        self.forget_mails(key)

    def run(self) -> None:
        self.record_event()

    def find_key(self) -> str:
        """Return what attempts on the account count under."""
        return usernames.limit_key(self.input.user, self.input.name)

    def forget_passwords(self, key: str) -> None:
        """Clear the limits on passwords."""
        sign_in_limits.clear(key)

    def forget_mails(self, key: str) -> None:
        """Clear the limits on mails, and on the codes of mails."""
        mail_limits.clear(key)

    def record_event(self) -> None:
        """Record who lifted the limits of whom."""
        audit.record(
            "auth.limits_lifted",
            actor=self.input.actor,
            subject=self.input.user,
            client=self.input.client,
        )
