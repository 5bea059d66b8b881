import logging
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from starterkit_auth.conf import conf
from starterkit_auth.errors import EmailUnverified, InvalidCredentials
from starterkit_auth.services import addresses, challenges, credentials, sessions
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.sessions import OpenedSession
from starterkit_core.errors import CrossSiteRequest, DomainError, RateLimited
from starterkit_core.ports import audit
from starterkit_core.ports.client import Client
from starterkit_core.services.limits import Limit, consume_all, forget
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client_address import network_of
from starterkit_core.utils.emails import canonical_email

logger = logging.getLogger("starterkit.auth")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInInput(Input):
    """Who says to be whom, and where."""

    email: str
    """An address in any spelling, already found to be well-formed."""

    password: str = field(repr=False)
    client: Client
    transport: str
    """``bearer`` or ``cookie``."""


class SignIn(UseCase[SignInInput, OpenedSession]):
    """Open a session for whoever knows the address and the password of an account.

    Not atomic: what is written about a refusal must survive it.

    Raises:
        RateLimited: too many attempts, whether the account exists or not.
        InvalidCredentials: no active account opens with these.
        EmailUnverified: they are right, but the address is unproven; a code was sent.
        CrossSiteRequest: the view; another site may have asked for the cookie.
    """

    atomic = False
    raises = (InvalidCredentials, EmailUnverified, RateLimited, CrossSiteRequest)

    def run(self) -> OpenedSession:
        self.check_limits()
        account = self.check_password(self.find_account())
        self.check_account(account)
        opened = self.open_session(account)
        self.forget_failures()
        return opened

    def check_limits(self) -> None:
        """Count the attempt, before the hash that makes attempts expensive for us."""
        network = network_of(self.input.client.address)
        try:
            consume_all(
                [
                    (self.account_limit, self.account_key),
                    (
                        Limit.parse("sign_in.network", conf.SIGN_IN_NETWORK_LIMIT),
                        network,
                    ),
                    (Limit.parse("sign_in.global", conf.SIGN_IN_GLOBAL_LIMIT), ""),
                ]
            )
        except RateLimited:
            logger.warning("auth.sign_in_limited from %s", network)
            raise

    def find_account(self) -> Account | None:
        """Return whose address this is, if anybody's."""
        return addresses.look_up(self.input.email)

    def check_password(self, account: Account | None) -> Account:
        """Refuse a wrong password; an unknown account costs as much time."""
        user = account.user if account else None
        right = credentials.is_password_of(user, self.input.password)
        if account is None or not right:
            self.refuse(InvalidCredentials(), user, "wrong" if user else "unknown")
        return account

    def check_account(self, account: Account) -> None:
        """Refuse an account that may not sign in, now that the password was right."""
        if not account.user.is_active:
            self.refuse(InvalidCredentials(), account.user, "inactive")
        if conf.EMAIL_VERIFICATION == "required" and not account.verified:
            self.send_confirmation(account)
            self.refuse(EmailUnverified(), account.user, "unverified")

    def send_confirmation(self, account: Account) -> None:
        """Send a fresh code to the address that is still to be proven."""
        challenges.send_confirmation(account.user, self.input.email, self.input.client)

    def session_fields(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return the values of the new session; add those of your own columns."""
        return sessions.session_fields(user, self.input.client, self.input.transport)

    def open_session(self, account: Account) -> OpenedSession:
        """Open the session and write it down, both or neither."""
        user = account.user
        try:
            with transaction.atomic():
                opened = sessions.open_session(user, self.session_fields(user))
                self.record(opened)
        except InvalidCredentials as refusal:
            self.refuse(refusal, user, "changed")
        return opened

    def record(self, opened: OpenedSession) -> None:
        """Write down who signed in."""
        user, client = opened.user, self.input.client
        facts = {"session": str(opened.session.pk), "method": "password"}
        audit.record(
            "auth.signed_in", actor=user, subject=user, client=client, facts=facts
        )

    def forget_failures(self) -> None:
        """Start the count of this account anew; those of network and all go on."""
        forget(self.account_limit, self.account_key)

    def refuse(
        self, refusal: DomainError, user: AbstractBaseUser | None, reason: str
    ) -> NoReturn:
        """Write the refusal down, with the reason that the caller is not told."""
        audit.record(
            "auth.sign_in_refused",
            subject=user,
            client=self.input.client,
            facts={"reason": reason, "method": "password"},
        )
        raise refusal

    @property
    def account_limit(self) -> Limit:
        """How often one account may be tried."""
        return credentials.account_limit()

    @cached_property
    def account_key(self) -> str:
        """The one spelling of the address, so that another gives no new attempts."""
        return canonical_email(self.input.email)
