"""Mails to an account owner whose address was entered by another user."""

from functools import cached_property
from typing import Any, Self

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.mails.shared_addresses import named
from starterkit_auth.services import addresses
from starterkit_auth.services.addresses import Account
from starterkit_core.db.databases import rows_of
from starterkit_core.ports import known_addresses
from starterkit_core.services.mail import Mail


class KnownAddressMail(Mail):
    """To the owner of an account; facts ``user_id`` and ``language``.

    Also ``shared``, if other accounts have the address, too.
    """

    @classmethod
    def about(cls, account: Account, language: str) -> Self:
        """Return the mail to the owner of ``account``, who is not read again."""
        shared = "yes" if account.shared else ""
        mail = cls(user_id=str(account.user.pk), language=language, shared=shared)
        mail.user = account.user
        return mail

    @cached_property
    def user(self) -> AbstractBaseUser | None:
        """The owner; None if the account was deleted."""
        users = rows_of(get_user_model())
        return users.filter(pk=self.facts["user_id"]).first()

    def reader(self) -> AbstractBaseUser | None:
        return self.user

    def recipient(self) -> str | None:
        """Return the account's address, not the spelling in the request."""
        return addresses.mailbox_of(self.user) if self.user else None

    def context(self) -> dict[str, Any]:
        """Return which account the mail is about, if several have the address."""
        return named(self.user) if self.user and self.facts.get("shared") else {}


class AlreadyRegisteredMail(KnownAddressMail):
    """Tells the owner of an account of a sign-up with their address."""

    template = "starterkit_auth/mail/already_registered"

    def send(self) -> None:
        """Send it, or what another module mails to the owner of a closed account."""
        user = self.user
        instead = known_addresses.mail_for(user, self.language()) if user else None
        if instead is None:
            super().send()
        else:
            instead.send()


class AddressInUseMail(KnownAddressMail):
    """Tells the owner of an account that another account asked for its address."""

    template = "starterkit_auth/mail/address_in_use"
