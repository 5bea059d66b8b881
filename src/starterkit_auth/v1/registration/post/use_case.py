"""Sign up with an e-mail address and a password."""

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from starterkit_auth.conf import conf
from starterkit_auth.errors import EmailTaken, WeakPassword
from starterkit_auth.mails import AlreadyRegisteredMail
from starterkit_auth.services import (
    accounts,
    addresses,
    challenges,
    passwords,
    sessions,
)
from starterkit_auth.services.addresses import Account
from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core import signals
from starterkit_core.errors import RateLimited
from starterkit_core.ports import audit, sign_up
from starterkit_core.ports.client import Client
from starterkit_core.services.limits import Limit, consume_all
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client_address import network_of


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterInput(Input):
    """Who signs up, and with what program."""

    email: str
    password: str = field(repr=False)
    client: Client


class Register(UseCase[RegisterInput, Registration]):
    """Make an account for whoever reads the mail of an address.

    The answer, and the work until it, are the same whether or not there is an account:
    the mail tells. An account whose address nobody has proven is given to the newest
    registration, and keeps nothing of the former one.

    The slow hash is made outside the transaction, so that no connection waits for it.

    Raises:
        WeakPassword: the password is short, common or easily guessed.
        RateLimited: too many sign-ups, from this network or of everybody together.
        EmailTaken: there is an account; in ``friendly`` mode only.
        DomainError: a sign-up requirement of another module or the host is not met.
    """

    atomic = False
    raises = (WeakPassword, RateLimited, EmailTaken)

    def run(self) -> Registration:
        self.check_password()
        self.check_requirements()
        self.check_limits()
        encoded = self.encode_password()
        if self.may_send_mail():
            self.register(encoded)
        return Registration(email=self.input.email)

    def check_password(self) -> None:
        """Refuse a weak password, before anything is known about the address."""
        passwords.check(self.input.password, email=self.input.email)

    def check_requirements(self) -> None:
        """Let other modules and the host judge what they asked for."""
        sign_up.validate(self.input.extra)

    def check_limits(self) -> None:
        """Count the sign-up; the address plays no part in this."""
        network = Limit.parse("registration.network", conf.REGISTRATION_NETWORK_LIMIT)
        everybody = Limit.parse("registration", conf.REGISTRATION_GLOBAL_LIMIT)
        consume_all([(network, network_of(self.input.client.address)), (everybody, "")])

    def encode_password(self) -> str:
        """Return the hash; made for every request, as it takes most of the time."""
        return passwords.encode(self.input.password)

    def may_send_mail(self) -> bool:
        """Say whether this address may get a mail; if not, nothing changes either."""
        return challenges.room_for_mail(self.input.email)

    def register(self, encoded: str) -> None:
        """Do what the state of the address asks for; once more if it just changed."""
        try:
            with transaction.atomic():
                self.answer(encoded)
        except IntegrityError:
            # Somebody else has just registered this address, or the host's user model
            # wants a field that user_fields() does not give: that is for the log.
            if not addresses.is_held(self.input.email):
                raise
            with transaction.atomic():
                self.answer_to_known(encoded)

    def answer(self, encoded: str) -> None:
        """Make an account, or answer to the one there is."""
        if addresses.look_up(self.input.email) is None:
            self.create_account(encoded)
        else:
            self.answer_to_known(encoded)

    def answer_to_known(self, encoded: str) -> None:
        """Start an unproven account over; tell the owner of any other one."""
        account = addresses.look_up_locked(self.input.email)
        if account is None:
            return  # the database takes two addresses for one, or the host hides it
        if self.is_unproven(account):
            self.start_over(account.user, encoded)
        else:
            self.tell_owner(account.user)

    def is_unproven(self, account: Account) -> bool:
        """Say whether the account is a mere claim that nobody has ever used."""
        return accounts.is_unproven(account)

    def create_account(self, encoded: str) -> None:
        """Make the account and everything that belongs to it."""
        user: AbstractBaseUser = get_user_model()(**self.user_fields())
        self.save_account(user, encoded)
        facts = {"user": user, "address": self.input.email}
        signals.announce(signals.account_registered, type(user), **facts)

    def start_over(self, user: AbstractBaseUser, encoded: str) -> None:
        """Give the account to the new registration; nothing of the former one stays."""
        sessions.end_sessions(user, "registered_again")
        for name, value in (self.blank_fields(user) | self.user_fields()).items():
            setattr(user, name, value)
        self.save_account(user, encoded)

    def save_account(self, user: AbstractBaseUser, encoded: str) -> None:
        """Save the user with all that is to be true at once, and mail the code."""
        passwords.put(user, self.input.password, encoded)
        user.save()
        addresses.claim(user, self.input.email)
        sign_up.commit(user, self.input.extra, self.input.client)
        audit.record("auth.registered", subject=user, client=self.input.client)
        self.send_confirmation(user)

    def user_fields(self) -> dict[str, Any]:
        """Return the values of the new user, all but the password.

        A user model that signs in by something else than the address gets a random
        name there, which nobody can guess.
        """
        model = get_user_model()
        fields: dict[str, Any] = {}
        if addresses.has_email_field(model):
            fields[model.get_email_field_name()] = self.input.email
        if model.USERNAME_FIELD not in fields:
            fields[model.USERNAME_FIELD] = uuid4().hex
        return fields

    def blank_fields(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return every text that the former registration may have left, as if new."""
        return accounts.blank_texts(user)

    def send_confirmation(self, user: AbstractBaseUser) -> None:
        """Mail a code and a link that prove the address; former ones die."""
        challenge = challenges.open_challenge(user, self.input.email)
        challenges.mail_confirmation(challenge, self.input.client)

    def tell_owner(self, user: AbstractBaseUser) -> None:
        """Mail the owner that there is an account; nothing else happens.

        Raises:
            EmailTaken: the project prefers to say so at once.
        """
        if conf.REGISTRATION_MODE == "friendly":
            raise EmailTaken
        language = self.input.client.language
        AlreadyRegisteredMail(user_id=str(user.pk), language=language).send_later()
