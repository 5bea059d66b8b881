"""Mails to the addresses of an account whose address was changed."""

from datetime import timedelta
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.mails.links import link
from starterkit_auth.mails.security_notices import SecurityMail
from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, challenge_secrets
from starterkit_auth.services.purposes import RULES, Purpose
from starterkit_core.utils.secrets import Secret

DAY = timedelta(days=1)


class EmailChangedMail(SecurityMail):
    """Tells a former address of the change and, if it may, how to undo it.

    Facts: ``challenge_id``, ``language``.
    """

    event = "email_changed"
    template = "starterkit_auth/mail/email_changed"

    @cached_property
    def challenge(self) -> Challenge | None:
        """The reversal, open or not; None if the account was deleted."""
        return _challenge(self.facts["challenge_id"])

    def reader(self) -> AbstractBaseUser | None:
        return self.challenge.user if self.challenge else None

    def recipient(self) -> str | None:
        return self.challenge.target if self.challenge else None

    def context(self) -> dict[str, Any]:
        """Return the token that undoes the change, and its link if there is a page."""
        assert self.challenge is not None  # noqa: S101  # else there is no recipient
        is_open = self.challenge.superseded_at is None
        token = challenge_secrets.link_token_of(self.challenge) if is_open else Secret()
        rules = RULES[Purpose.EMAIL_REVERSAL]
        return {
            "token": token,
            "link": link(rules.url, token),
            "days": rules.link_lifetime // DAY,
        }


class AddressDisputedMail(SecurityMail):
    """Tells one of the two addresses that claim an account that it is closed.

    Facts: ``challenge_id``, ``language``; ``to``, which is ``former`` or ``current``.
    """

    event = "email_changed"
    template = "starterkit_auth/mail/address_disputed"

    @cached_property
    def challenge(self) -> Challenge | None:
        """The reversal; None if the account was deleted."""
        return _challenge(self.facts["challenge_id"])

    def reader(self) -> AbstractBaseUser | None:
        return self.challenge.user if self.challenge else None

    def recipient(self) -> str | None:
        """Return that address, or None if the account was deleted."""
        if self.challenge is None or self.facts["to"] == "former":
            return self.challenge.target if self.challenge else None
        return addresses.mailbox_of(self.challenge.user)


def _challenge(key: str) -> Challenge | None:
    return Challenge.objects.select_related("user").filter(pk=key).first()
