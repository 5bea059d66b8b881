"""Ask for another address; until it is proven the former one stays in force."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.conf import conf
from starterkit_auth.errors import StepUpRequired
from starterkit_auth.mails import AddressInUseMail
from starterkit_auth.services import addresses, challenges
from starterkit_auth.services.challenges import EMAIL_CHANGE
from starterkit_core.errors import RateLimited
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.services.limits import Limit, consume
from starterkit_core.use_cases import Input, UseCase


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEmailChangeInput(Input):
    """Who wants which address."""

    user: AbstractBaseUser
    email: str
    client: Client


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedEmailChange:
    """What everybody is told, whosever the address is."""

    email: str
    """As it was sent to us."""

    status: str = "confirmation_sent"


class RequestEmailChange(UseCase[RequestEmailChangeInput, RequestedEmailChange]):
    """Mail a code and a link to the address that somebody wants.

    The answer is the same when it is taken: then its owner is told. What was asked
    for before is void in either case, so that nothing can be read from that.

    Raises:
        RateLimited: the account asked too often, or too many mails were asked for
            from this network.
        StepUpRequired: the person proved too long ago who they are; the view asks.
    """

    atomic = False
    raises = (RateLimited, StepUpRequired)

    def run(self) -> RequestedEmailChange:
        self.check_limits()
        if self.may_send_mail():
            self.ask()
        return RequestedEmailChange(email=self.input.email)

    def check_limits(self) -> None:
        """Count the request; the address plays no part in this."""
        challenges.count_request(EMAIL_CHANGE, self.input.client)
        account = Limit.parse("email_change.account", conf.EMAIL_CHANGE_LIMIT)
        consume(account, str(self.input.user.pk))

    def may_send_mail(self) -> bool:
        """Say whether the new address may get a mail; if not, nothing changes."""
        return challenges.room_for_mail(self.input.email, EMAIL_CHANGE)

    def ask(self) -> None:
        """Ask whoever reads the mail of the new address, or tell whose it is."""
        with transaction.atomic():
            user = self.lock_account()
            if user is None:
                return
            challenges.supersede(user, EMAIL_CHANGE)
            if addresses.is_free_for(user, self.input.email):
                self.send_secrets(user)
            else:
                self.tell_owner()
            self.record(user)

    def lock_account(self) -> AbstractBaseUser | None:
        """Return the person as they are now; nothing when they have no address."""
        user = addresses.lock(self.input.user.pk)
        return user if user and addresses.key_of(user) else None

    def send_secrets(self, user: AbstractBaseUser) -> None:
        """Mail a code and a link, bound to the account, its address and the new one."""
        former, new = addresses.mailbox_of(user), self.input.email
        challenge = challenges.add_challenge(user, former, EMAIL_CHANGE, target=new)
        challenges.mail_confirmation(challenge, self.input.client)

    def tell_owner(self) -> None:
        """Mail the owner of the address that somebody else wants it."""
        account, client = addresses.look_up(self.input.email), self.input.client
        if account is None:  # several have it, or the host hides who does
            challenges.mail_nobody(EMAIL_CHANGE, client)
            return
        mail = AddressInUseMail(user_id=str(account.user.pk), language=client.language)
        mail.send_later()

    def record(self, user: AbstractBaseUser) -> None:
        """Write down who asked; for what is nobody's to read."""
        client = self.input.client
        audit.record(
            "auth.email_change_requested", actor=user, subject=user, client=client
        )
