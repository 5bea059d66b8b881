"""Signs up with an e-mail address and a password."""

from dataclasses import dataclass, field
from functools import cached_property

from starterkit_auth.conf import conf
from starterkit_auth.errors import EmailTaken, InvalidConfirmation
from starterkit_auth.mails import registrations
from starterkit_auth.mails.known_addresses import AlreadyRegisteredMail
from starterkit_auth.models import PendingRegistration
from starterkit_auth.services import (
    addresses,
    challenge_secrets,
    mail_limits,
    passwords,
    pending_registrations,
)
from starterkit_auth.services.purposes import REGISTRATION
from starterkit_auth.use_cases.create_account import CreateAccount, CreateAccountInput
from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core.db.conflicts import Conflict
from starterkit_core.errors import DomainError, RateLimited, WeakPassword
from starterkit_core.ports import sign_up
from starterkit_core.services import new_users
from starterkit_core.services.limits import Limit, consume_all
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterInput(Input):
    """Address and password of the sign-up, and its client."""

    email: str
    password: Secret = field(repr=False)
    client: Client


class Register(UseCase[RegisterInput, Registration]):
    """Save a sign-up until its address is proven; that makes the account.

    Response and work are the same whether or not the address has an account: only the
    mail tells. The token in the response belongs to this very sign-up.

    Raises:
        WeakPassword: the password is short, common or easily guessed.
        RateLimited: too many sign-ups, from this network or in total.
        EmailTaken: the address has an account; in ``friendly`` mode only.
        DomainError: a sign-up requirement of another module or the project is not met.
        ValidationError: Django's; the user model refuses a value.
    """

    raises = (WeakPassword, RateLimited, EmailTaken)

    encoded: str
    """The hash of the password; made for every request."""

    may_send: bool
    """Whether this address may get a mail; if not, the sign-up is not saved either."""

    @classmethod
    def refusals(cls) -> tuple[type[DomainError], ...]:
        """Return its own errors and those of the project's sign-up requirements."""
        hidden = () if conf.REGISTRATION_MODE == "friendly" else (EmailTaken,)
        own = (refusal for refusal in cls.raises if refusal not in hidden)
        return (*own, *sign_up.refusals())

    def prepare(self) -> None:
        self.check_password()
        self.check_requirements()
        self.check_limits()
        self.check_account()
        self.encoded = self.encode_password()
        self.may_send = self.may_send_mail()

    def run(self) -> Registration:
        if conf.REGISTRATION_MODE == "friendly":
            self.check_taken()
        pending = None
        if self.may_send and conf.EMAIL_VERIFICATION == "off":
            pending = self.create_account()
        elif self.may_send:
            pending = self.save_sign_up()
        if pending is not None:
            self.send_secrets(pending)
        return Registration(registration_token=self.token_of(pending))

    def check_password(self) -> None:
        """Refuse a weak password, before the address is looked up.

        The project's validators get the user who would be saved.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """
        user = self._account.new_user(self._account.user_fields())
        new_users.set_others(user, self.input.extra)
        passwords.check(self.input.password, email=self.input.email, user=user)

    def check_requirements(self) -> None:
        """Validate the fields that other modules and the project added.

        Raises:
            DomainError: a requirement is not met.
        """
        sign_up.validate(self.input.extra)

    def check_limits(self) -> None:
        """Count the sign-up by network and in total, not by address."""
        network = Limit.parse("registration.network", conf.REGISTRATION_NETWORK_LIMIT)
        in_all = Limit.parse("registration.global", conf.REGISTRATION_GLOBAL_LIMIT)
        consume_all([(network, network_of(self.input.client.address)), (in_all, "")])

    def check_account(self) -> None:
        """Refuse now what could not be saved once the address is proven.

        Raises:
            ValidationError: Django's; the user model refuses a value, or another
                account has it. It does not tell about the address.
        """
        self._account.prepare()

    def encode_password(self) -> str:
        """Return the hash; made for every request, because its duration shows."""
        return passwords.encode(self.input.password)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it, known or not."""
        given = self.input
        return mail_limits.has_room(given.email, REGISTRATION, given.client)

    def check_taken(self) -> None:
        """Refuse an address that has an account, in ``friendly`` mode.

        Raises:
            EmailTaken: it has.
        """
        if addresses.is_held(self.input.email):
            raise EmailTaken

    def save_sign_up(self) -> PendingRegistration:
        """Save the sign-up, whether or not the address has an account."""
        given = self.input
        return pending_registrations.add(
            given.email, encoded=self.encoded, extra=given.extra, client=given.client
        )

    def create_account(self) -> PendingRegistration | None:
        """Create the account at once, or mail the owner if the address has one.

        Return what proves the address later; None if it has an account.

        Raises:
            EmailTaken: it has, in ``friendly`` mode.
            Conflict: a concurrent request has just saved this address.
        """
        if addresses.is_held(self.input.email):
            if conf.REGISTRATION_MODE == "friendly":  # another sign-up was faster
                raise EmailTaken
            self._tell_owner()
            return None
        try:
            user = CreateAccount.execute(self._account_input(self.encoded))
        except InvalidConfirmation as error:
            raise Conflict from error
        pending = pending_registrations.open_for(user, self.input.email)
        pending_registrations.renew(pending)
        return pending

    def send_secrets(self, pending: PendingRegistration) -> None:
        """Mail a code and a link that prove the address, or tell its owner."""
        registrations.send_secrets(pending, self.input.client)

    def token_of(self, pending: PendingRegistration | None) -> Secret:
        """Return the token of the sign-up; one of the same shape if it is not saved."""
        if pending is None:
            return challenge_secrets.random_registration_token()
        return challenge_secrets.registration_token_of(pending)

    def _account_input(self, encoded: str = "") -> CreateAccountInput:
        """Return the account that the proof of the address will make."""
        given = self.input
        return CreateAccountInput(
            email=given.email,
            password=given.password,
            encoded=encoded,
            client=given.client,
            extra=given.extra,
        )

    @cached_property
    def _account(self) -> CreateAccount:
        """The account that will be made, only to be checked here."""
        return CreateAccount.active()(self._account_input())

    def _tell_owner(self) -> None:
        """Mail the owner that the address has an account already, or several."""
        account = addresses.look_up(self.input.email)
        if account is not None:
            language = self.input.client.language
            AlreadyRegisteredMail.about(account, language).send_later()
