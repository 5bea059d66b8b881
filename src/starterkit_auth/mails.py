"""The mails of this app. Nothing that a person wrote is in them."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from starterkit_auth.conf import conf
from starterkit_auth.models.challenge import Challenge
from starterkit_auth.services import addresses, challenges
from starterkit_core.services.mail import Mail

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class ConfirmAddressMail(Mail):
    """Code and link that prove an address; facts ``challenge_id``, ``language``."""

    template = "starterkit_auth/mail/confirm_address"

    @cached_property
    def challenge(self) -> Challenge | None:
        """What the mail asks; nothing when it was answered or replaced meanwhile."""
        challenges = Challenge.objects.with_link_at(timezone.now())
        found = challenges.select_related("user").filter(pk=self.facts["challenge_id"])
        return found.first()

    def recipient(self) -> str | None:
        """Return the address to prove, if the person still has it."""
        if self.challenge is None:
            return None
        user, key = self.challenge.user, self.challenge.address_key
        return addresses.mailbox_of(user) if addresses.is_address_of(user, key) else ""

    def language(self) -> str:
        return self.facts["language"] or super().language()

    def context(self) -> dict[str, Any]:
        """Return the secrets, which exist from here to the mailbox only."""
        assert self.challenge is not None  # noqa: S101  # or there is no recipient
        return {
            "code": challenges.code_of(self.challenge),
            "link": _link(challenges.link_token_of(self.challenge)),
            "minutes": conf.CODE_LIFETIME // MINUTE,
            "hours": conf.LINK_LIFETIME // HOUR,
        }


class AlreadyRegisteredMail(Mail):
    """Tells the owner of an account that somebody signed up with their address.

    Facts: ``user_id``, ``language``.
    """

    template = "starterkit_auth/mail/already_registered"

    def recipient(self) -> str | None:
        """Return the address of the account, not the spelling that was sent to us."""
        users = get_user_model()._base_manager
        user = users.filter(pk=self.facts["user_id"]).first()
        return addresses.mailbox_of(user) if user else None

    def language(self) -> str:
        return self.facts["language"] or super().language()


def _link(token: str) -> str:
    """Return the address of the page that sends ``token`` back to us, if there is one.

    It is made from the settings alone: a request could name any host it likes.
    """
    url, frontend = conf.CONFIRMATION_URL, conf.FRONTEND_URL.rstrip("/")
    if not token or ("{frontend}" in url and not frontend):
        return ""
    return url.replace("{frontend}", frontend).replace("{token}", token)
