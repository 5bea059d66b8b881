"""Requests another address; until it is proven, the account keeps the former one."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.conf import conf
from starterkit_auth.mails import confirmations
from starterkit_auth.mails.known_addresses import AddressInUseMail
from starterkit_auth.services import addresses, challenges, mail_limits, user_addresses
from starterkit_auth.services.purposes import Purpose
from starterkit_core.errors import AccountDeleted, RateLimited
from starterkit_core.services import audit
from starterkit_core.services.limits import Limit, consume
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEmailChangeInput(Input):
    """The user, the new address, and the client."""

    user: AbstractBaseUser
    email: str
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedEmailChange:
    """The same output whether or not the address is taken."""

    email: str
    """As sent in the request."""

    status: str = "confirmation_sent"


class StartEmailChange(UseCase[StartEmailChangeInput, StartedEmailChange]):
    """Mail a code and a link to the new address of a user.

    If it is taken, the response is the same and its owner gets a mail. Former requests
    are voided in either case, so that this does not reveal it either.

    Raises:
        RateLimited: too many requests by this account, or for mails from this network.
        AccountDeleted: the account was deleted during the request.
    """

    raises = (RateLimited, AccountDeleted)

    may_send: bool
    """Whether the new address may get a mail; if not, no request is saved."""

    def prepare(self) -> None:
        self.check_limits()
        self.check_address()
        self.may_send = self.may_send_mail()

    def run(self) -> StartedEmailChange:
        user = self.lock_account() if self.may_send else None
        if user is not None:
            self.supersede(user)
            if self.is_free(user):
                self.send_secrets(user)
            else:
                self.tell_owner()
            self.record_event(user)
        return StartedEmailChange(email=self.input.email)

    def check_limits(self) -> None:
        """Count the request by network and account, not by address."""
        mail_limits.count_request(Purpose.EMAIL_CHANGE, self.input.client)
        account = Limit.parse("email_change.account", conf.EMAIL_CHANGE_LIMIT)
        consume(account, str(self.input.user.pk))

    def check_address(self) -> None:
        """Refuse an address that the user model refuses, taken or not.

        Raises:
            ValidationError: Django's; such as one that is too long for the column.
        """
        user_addresses.check_fits(self.input.user, self.input.email)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether the new address may get it."""
        given = self.input
        return mail_limits.has_room(given.email, Purpose.EMAIL_CHANGE, given.client)

    def lock_account(self) -> AbstractBaseUser | None:
        """Return the user as saved, locked; None if the user has no address.

        Raises:
            AccountDeleted: the account was deleted during the request.
        """
        user = addresses.lock(self.input.user.pk)
        if user is None:
            raise AccountDeleted
        return user if addresses.key_of(user) else None

    def supersede(self, user: AbstractBaseUser) -> None:
        """Void the user's former requests for a change."""
        challenges.supersede(user, Purpose.EMAIL_CHANGE)

    def is_free(self, user: AbstractBaseUser) -> bool:
        """Return whether no other account has the new address."""
        return addresses.is_free_for(user, self.input.email)

    def send_secrets(self, user: AbstractBaseUser) -> None:
        """Mail a code and a link, bound to the account, its address and the new one."""
        challenge = challenges.add_challenge(
            user,
            addresses.mailbox_of(user),
            Purpose.EMAIL_CHANGE,
            target=self.input.email,
        )
        confirmations.send_secrets(challenge, self.input.client)

    def tell_owner(self) -> None:
        """Mail the owner of the address that another account requested it."""
        account, client = addresses.look_up(self.input.email), self.input.client
        if account is None:  # the default manager hides it
            confirmations.send_decoy(Purpose.EMAIL_CHANGE, client)
            return
        mail = AddressInUseMail(user_id=str(account.user.pk), language=client.language)
        mail.send_later()

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record the request, without the new address."""
        audit.record(
            "auth.email_change_requested",
            actor=user,
            subject=user,
            client=self.input.client,
        )
