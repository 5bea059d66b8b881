"""The mails of this app. Nothing that a person wrote is in them."""

from abc import abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.utils import translation

from starterkit_auth.conf import conf
from starterkit_auth.models.challenge import Challenge
from starterkit_auth.services import addresses, challenges, keys
from starterkit_core.services.mail import Mail

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

NOBODY = "nobody@example.invalid"
"""To whom a mail is made out that nobody gets."""


class ChallengeMail(Mail):
    """Code and link of a challenge; facts ``challenge_id``, ``language``."""

    purpose: ClassVar[str]
    """The purpose of the challenges that it asks."""

    @cached_property
    def challenge(self) -> Challenge | None:
        """What the mail asks; nothing when it was answered or replaced meanwhile.

        Nothing, too, without an id: the mail is for an address that nobody has.
        """
        return challenges.to_mail(self.facts["challenge_id"] or str(uuid4()))

    def send(self) -> None:
        """Send it; without a challenge, make it all the same and drop it.

        So where mails are not queued, making one tells nobody who has an account.
        """
        if self.challenge is None:
            self.rehearse()
        else:
            super().send()

    def rehearse(self) -> None:
        """Make the mail with secrets of nothing, and drop it."""
        key_id = keys.signing_key().id.hex()
        self.challenge = Challenge(purpose=self.purpose, key_id=key_id)
        with translation.override(self.language()):
            self._message(NOBODY)

    @abstractmethod
    def url(self) -> str:
        """Return the setting that says where the link leads."""

    def recipient(self) -> str | None:
        """Return the address of the account, if it is still the one to prove."""
        if self.challenge is None:
            return None
        user, key = self.challenge.user, self.challenge.address_key
        return addresses.mailbox_of(user) if addresses.is_address_of(user, key) else ""

    def language(self) -> str:
        return self.facts["language"] or super().language()

    def context(self) -> dict[str, Any]:
        """Return the secrets, which exist from here to the mailbox only."""
        assert self.challenge is not None  # noqa: S101  # or there is no recipient
        lifetime = challenges.link_lifetime(self.challenge.purpose)
        return {
            "code": challenges.code_of(self.challenge),
            "link": _link(self.url(), challenges.link_token_of(self.challenge)),
            "minutes": conf.CODE_LIFETIME // MINUTE,
            "hours": lifetime // HOUR,
            "link_minutes": lifetime // MINUTE,
        }


class ConfirmAddressMail(ChallengeMail):
    """Proves the address of an account."""

    purpose = challenges.REGISTRATION
    template = "starterkit_auth/mail/confirm_address"

    def url(self) -> str:
        return conf.CONFIRMATION_URL


class ResetPasswordMail(ChallengeMail):
    """Lets whoever reads it set a new password."""

    purpose = challenges.PASSWORD_RESET
    template = "starterkit_auth/mail/reset_password"

    def url(self) -> str:
        return conf.RESET_URL


class ConfirmNewAddressMail(ChallengeMail):
    """Proves the address that an account is to have."""

    purpose = challenges.EMAIL_CHANGE
    template = "starterkit_auth/mail/confirm_new_address"

    def url(self) -> str:
        return conf.EMAIL_CHANGE_URL

    def recipient(self) -> str | None:
        """Return the new address, unless the account has another one by now."""
        waits = self.challenge if super().recipient() else None
        return waits.target if waits else None


OF_PURPOSE: Mapping[str, type[ChallengeMail]] = {
    kind.purpose: kind
    for kind in (ConfirmAddressMail, ResetPasswordMail, ConfirmNewAddressMail)
}
"""The mail that asks each kind of challenge."""


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


class AddressInUseMail(AlreadyRegisteredMail):
    """Tells the owner of an account that somebody wants its address for theirs."""

    template = "starterkit_auth/mail/address_in_use"


class EmailChangedMail(Mail):
    """Tells a former address that it is one, and how to go back if it may.

    Facts: ``challenge_id``, ``language``.
    """

    template = "starterkit_auth/mail/email_changed"

    @cached_property
    def challenge(self) -> Challenge | None:
        """The way back, be it open or not; nothing when the account is gone."""
        return Challenge.objects.filter(pk=self.facts["challenge_id"]).first()

    def recipient(self) -> str | None:
        return self.challenge.target if self.challenge else None

    def language(self) -> str:
        return self.facts["language"] or super().language()

    def context(self) -> dict[str, Any]:
        """Return the way back: a link, or a token where no page is known."""
        assert self.challenge is not None  # noqa: S101  # or there is no recipient
        works = self.challenge.superseded_at is None
        token = challenges.link_token_of(self.challenge) if works else ""
        return {
            "token": token,
            "link": _link(conf.EMAIL_REVERSAL_URL, token),
            "days": conf.EMAIL_REVERSAL_LIFETIME // DAY,
        }


def _link(url: str, token: str) -> str:
    """Return the address of the page that sends ``token`` back to us, if there is one.

    It is made from the settings alone: a request could name any host it likes.
    """
    frontend = conf.FRONTEND_URL.rstrip("/")
    if not token or ("{frontend}" in url and not frontend):
        return ""
    return url.replace("{frontend}", frontend).replace("{token}", token)
