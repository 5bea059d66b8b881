"""Mails with the code and the link of a challenge; they contain no user input."""

from datetime import timedelta
from functools import cached_property
from typing import Any, ClassVar
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.module_loading import import_string

from starterkit_auth.conf import conf
from starterkit_auth.mails.links import link
from starterkit_auth.mails.shared_addresses import named
from starterkit_auth.models import Challenge
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    challenges,
    keys,
    user_addresses,
)
from starterkit_auth.services.challenge_secrets import MailedSecret
from starterkit_auth.services.purposes import RULES, Purpose
from starterkit_core.services.mail import Mail
from starterkit_core.utils.client import Client

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)

UNDELIVERABLE = "nobody@example.invalid"
"""The recipient of a mail that is rendered and dropped."""


def send_secrets(challenge: Challenge, client: Client, *, shared: bool = False) -> None:
    """Mail code and link of ``challenge`` after the commit.

    If the address is ``shared``, the mail says which account it is about.
    """
    mail = _mail_of(challenge.purpose)
    facts = {"challenge_id": str(challenge.pk), "language": client.language}
    mail(**facts, shared="yes" if shared else "").send_later()


def send_decoy(purpose: str, client: Client) -> None:
    """Enqueue a mail that is rendered and dropped, to take as long as a real one."""
    _mail_of(purpose)(challenge_id="", language=client.language, shared="").send_later()


def _mail_of(purpose: str) -> "type[ChallengeMail]":
    mail: type[ChallengeMail] = import_string(RULES[purpose].mail)
    return mail


class ChallengeMail(Mail):
    """Code and link of a challenge; facts ``challenge_id``, ``language``, ``shared``.

    An empty ``challenge_id`` makes it a decoy, for an address without an account.
    """

    purpose: ClassVar[str]
    """The purpose of its challenges."""

    @cached_property
    def challenge(self) -> MailedSecret | None:
        """The challenge, or None if it was answered, replaced, or this is a decoy."""
        # With a random id a decoy runs the same query.
        return challenges.find_open(self.facts["challenge_id"] or str(uuid4()))

    def send(self) -> None:
        """Send the mail; without a challenge, render it all the same and drop it.

        So if mails are sent within the request, its duration does not reveal whether
        the address has an account.
        """
        if self.challenge is None:
            self.rehearse()
        else:
            super().send()

    def rehearse(self) -> None:
        """Render the mail with meaningless secrets, and drop it."""
        key_id = keys.signing_key().id.hex()
        self.challenge = Challenge(purpose=self.purpose, key_id=key_id)
        with self.spoken():
            self._message(UNDELIVERABLE)

    def reader(self) -> AbstractBaseUser | None:
        """Return the owner of the account; a sign-up and a decoy have none."""
        return getattr(self.challenge, "user", None)

    def recipient(self) -> str | None:
        """Return the account's address, or ``""`` if changed; None if no challenge."""
        if self.challenge is None or self.challenge.user is None:
            return None
        user, key = self.challenge.user, self.challenge.address_key
        is_current = user_addresses.is_address_of(user, key)
        return addresses.mailbox_of(user) if is_current else ""

    def context(self) -> dict[str, Any]:
        """Return the secrets; they are derived here and not stored before."""
        assert self.challenge is not None  # noqa: S101  # else there is no recipient
        rules = RULES[self.purpose]
        return {
            "code": challenge_secrets.code_of(self.challenge),
            "link": link(rules.url, challenge_secrets.link_token_of(self.challenge)),
            "minutes": conf.CODE_LIFETIME // MINUTE,
            "hours": rules.link_lifetime // HOUR,
            "link_minutes": rules.link_lifetime // MINUTE,
            **self.sharing(),
        }

    def sharing(self) -> dict[str, Any]:
        """Return which account the mail is about, if several have the address."""
        assert self.challenge is not None  # noqa: S101  # else there is no recipient
        user = self.challenge.user if self.facts.get("shared") else None
        return named(user) if user else {}


class ResetPasswordMail(ChallengeMail):
    """Lets the reader set a new password."""

    purpose = Purpose.PASSWORD_RESET
    template = "starterkit_auth/mail/reset_password"


class ConfirmNewAddressMail(ChallengeMail):
    """Proves the new address of an account."""

    purpose = Purpose.EMAIL_CHANGE
    template = "starterkit_auth/mail/confirm_new_address"

    def recipient(self) -> str | None:
        """Return the new address; None if the account's address changed meanwhile."""
        challenge = self.challenge if super().recipient() else None
        return challenge.target if isinstance(challenge, Challenge) else None
