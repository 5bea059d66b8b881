"""Signs up with an e-mail address and a password."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from starterkit_auth.conf import conf
from starterkit_auth.errors import EmailTaken, WeakPassword
from starterkit_auth.mails import confirmations
from starterkit_auth.mails.known_addresses import AlreadyRegisteredMail
from starterkit_auth.services import (
    addresses,
    challenges,
    hidden_users,
    mail_limits,
    new_users,
    passwords,
    unproven_accounts,
    user_addresses,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.services.purposes import Purpose
from starterkit_auth.use_cases.start_over import StartOver, StartOverInput
from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core import signals
from starterkit_core.db.conflicts import Conflict, is_duplicate
from starterkit_core.errors import DomainError, RateLimited
from starterkit_core.ports import sign_up
from starterkit_core.services import audit
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
    """Create an account, or mail the owner if the address has one.

    Response and work are the same whether or not there is an account: only the mail
    tells. An account whose address was never proven is given to the newest
    registration, and all texts of the former registration are removed.

    Raises:
        WeakPassword: the password is short, common or easily guessed.
        RateLimited: too many sign-ups, from this network or in total.
        EmailTaken: the address has an account; in ``friendly`` mode only.
        DomainError: a sign-up requirement of another module or the project is not met.
    """

    raises = (WeakPassword, RateLimited, EmailTaken)

    encoded: str
    """The hash of the password; made for every request."""

    may_send: bool
    """Whether this address may get a mail; if not, no account is saved either."""

    _collided = False
    """Whether a concurrent request has just saved this address."""

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
        self.check_fields()
        self.encoded = self.encode_password()
        self.may_send = self.may_send_mail()

    def run(self) -> Registration:
        account = self.find_account() if self.may_send else None
        self.check_unique(account)
        user = None
        if account is None and self.may_create():
            user = self.new_user(self.user_fields())
            self.announce(user)
        elif account and self.is_unproven(account):
            user = self.start_over(account.user, self.user_fields())
        elif account:
            self.tell_owner(account)
        if user is not None:
            self.save_account(user, self.encoded)
            self.commit_requirements(user)
            self.record_event(user)
            self.send_secrets(user)
        return Registration(email=self.input.email)

    def check_password(self) -> None:
        """Refuse a weak password, before the address is looked up.

        The project's validators get the user who would be saved.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """
        user = self.new_user(self.user_fields())
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
        in_all = Limit.parse("registration", conf.REGISTRATION_GLOBAL_LIMIT)
        consume_all([(network, network_of(self.input.client.address)), (in_all, "")])

    def check_fields(self) -> None:
        """Refuse what the user model refuses, before the address is looked up.

        Raises:
            ValidationError: Django's; such as an address that is too long for the
                column, or a value that a validator of the project refuses.
        """
        fields = self.user_fields()
        new_users.check_values(self.new_user(fields), fields)

    def encode_password(self) -> str:
        """Return the hash; made for every request, because its duration shows."""
        return passwords.encode(self.input.password)

    def may_send_mail(self) -> bool:
        """Count the mail, and return whether this address may get it, known or not."""
        return mail_limits.has_room(self.input.email, Purpose.REGISTRATION)

    def find_account(self) -> Account | None:
        """Return the account with this address, locked, or None."""
        if addresses.look_up(self.input.email) is None:
            return None
        return addresses.look_up_locked(self.input.email)

    def check_unique(self, account: Account | None) -> None:
        """Refuse values of other accounts, whether or not the address has one.

        Raises:
            ValidationError: Django's; not for the address.
        """
        fields = self.user_fields()
        former = account.user if account and self.is_unproven(account) else None
        new_users.check_unique(self.new_user(fields), fields, former)

    def may_create(self) -> bool:
        """Return whether the address can be saved.

        It cannot if the collation treats it as equal to another one, or if the default
        manager of the user model hides the account that has it.
        """
        asked = self._collided or hidden_users.are_possible(get_user_model())
        held = asked and addresses.is_held(self.input.email)
        return self.may_send and not held

    def is_unproven(self, account: Account) -> bool:
        """Return whether the account was registered, but never proven nor used."""
        return unproven_accounts.is_unproven(account)

    def user_fields(self) -> dict[str, Any]:
        """Return the values of the new user, all but the password.

        If ``USERNAME_FIELD`` is not the address, it gets a random value that no client
        can guess. Called more than once, also for an address that has an account.
        """
        model = get_user_model()
        fields: dict[str, Any] = {}
        if user_addresses.has_email_field(model):
            fields[model.get_email_field_name()] = self.input.email
        if model.USERNAME_FIELD not in fields:
            fields |= new_users.username_for(model, self.input.email)
        return fields

    def new_user(self, fields: dict[str, Any]) -> AbstractBaseUser:
        """Return a new user, not saved yet."""
        user: AbstractBaseUser = get_user_model()(**fields)
        return user

    def announce(self, user: AbstractBaseUser) -> None:
        """Send ``account_registered`` after the commit."""
        facts = {"user": user, "address": self.input.email}
        signals.announce(signals.account_registered, type(user), **facts)

    def start_over(
        self, user: AbstractBaseUser, fields: dict[str, Any]
    ) -> AbstractBaseUser:
        """Return the user with the values of the new registration, not saved yet."""
        return StartOver.execute(StartOverInput(user=user, fields=fields))

    def save_account(self, user: AbstractBaseUser, encoded: str) -> None:
        """Save the user with the password and the address.

        Raises:
            Conflict: perhaps a concurrent request has just saved this address.
            ValidationError: Django's; the user model refuses a value, or another
                account has it.
            IntegrityError: the user model needs a field that ``user_fields`` lacks.
        """
        passwords.put(user, self.input.password, encoded)
        try:
            user.save()
            addresses.assign(user, self.input.email)
        except (IntegrityError, ValidationError) as error:
            if not self._collided:
                self._collided = True
                raise Conflict from error
            if isinstance(error, IntegrityError) and is_duplicate(error):
                raise ValidationError(_("Another account has these values.")) from error
            raise

    def commit_requirements(self, user: AbstractBaseUser) -> None:
        """Save the fields that other modules and the project added."""
        sign_up.commit(user, self.input.extra, self.input.client)

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record the sign-up."""
        audit.record("auth.registered", subject=user, client=self.input.client)

    def send_secrets(self, user: AbstractBaseUser) -> None:
        """Mail a code and a link that prove the address; void former ones."""
        challenge = challenges.open_challenge(
            user, self.input.email, Purpose.REGISTRATION
        )
        confirmations.send_secrets(challenge, self.input.client)

    def tell_owner(self, account: Account) -> None:
        """Mail the owner that the address has an account already, or several.

        Raises:
            EmailTaken: ``REGISTRATION_MODE`` is friendly.
        """
        if conf.REGISTRATION_MODE == "friendly":
            raise EmailTaken
        AlreadyRegisteredMail(
            user_id=str(account.user.pk),
            language=self.input.client.language,
            shared="yes" if account.shared else "",
        ).send_later()
