"""Ask for another address; until it is proven the former one stays in force."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.conf import conf
from starterkit_auth.mails import confirmations
from starterkit_auth.mails.known_addresses import AddressInUseMail
from starterkit_auth.services import addresses, challenges, mail_limits
from starterkit_auth.services.purposes import Purpose
from starterkit_core.errors import RateLimited
from starterkit_core.services import audit
from starterkit_core.services.limits import Limit, consume
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEmailChangeInput(Input):
    """Who wants which address."""

    user: AbstractBaseUser
    email: str
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedEmailChange:
    """The one answer, whether or not the address is taken."""

    email: str
    """As it was sent to us."""

    status: str = "confirmation_sent"


class StartEmailChange(UseCase[StartEmailChangeInput, StartedEmailChange]):
    """Mail a code and a link to the address that a user wants.

    The answer is the same when it is taken: then its owner is told. What was asked
    for before is void in either case, so that nothing can be read from that.

    Raises:
        RateLimited: the account asked too often, or too many mails were asked for
            from this network.
    """

    raises = (RateLimited,)

    may_send: bool
    """Whether the new address may get a mail; if not, nothing changes."""

    def prepare(self) -> None:
        self.check_limits()
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
        """Count the request; the address plays no part in this."""
        mail_limits.count_request(Purpose.EMAIL_CHANGE, self.input.client)
        account = Limit.parse("email_change.account", conf.EMAIL_CHANGE_LIMIT)
        consume(account, str(self.input.user.pk))

    def may_send_mail(self) -> bool:
        """Return whether the new address may get a mail."""
        return mail_limits.has_room(self.input.email, Purpose.EMAIL_CHANGE)

    def lock_account(self) -> AbstractBaseUser | None:
        """Return the user as they are now, locked; None if they have no address."""
        user = addresses.lock(self.input.user.pk)
        return user if user and addresses.key_of(user) else None

    def supersede(self, user: AbstractBaseUser) -> None:
        """Void what the user asked for before."""
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
        """Mail the owner of the address that another account asked for it."""
        account, client = addresses.look_up(self.input.email), self.input.client
        if account is None:  # several have it, or the host hides who does
            confirmations.send_decoy(Purpose.EMAIL_CHANGE, client)
            return
        mail = AddressInUseMail(user_id=str(account.user.pk), language=client.language)
        mail.send_later()

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record who asked; the new address is not part of it."""
        audit.record(
            "auth.email_change_requested",
            actor=user,
            subject=user,
            client=self.input.client,
        )
