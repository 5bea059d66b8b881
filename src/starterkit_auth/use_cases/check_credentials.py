"""Checks username and password for Django's own doors, such as the admin."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import InvalidCredentials
from starterkit_auth.services import (
    hashing,
    password_check,
    sign_in_limits,
    usernames,
)
from starterkit_auth.services.sign_in_limits import Attempt
from starterkit_core.errors import DomainError, RateLimited, ServiceUnavailable
from starterkit_core.ports import access_gates
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCredentialsInput(Input):
    """What a client typed, and what its backend decides."""

    username: str
    password: Secret = field(repr=False)
    client: Client
    proofs: tuple[Secret, ...] = field(default=(), repr=False)
    """Tokens of former sessions, by which a device of the owner is known."""

    may_sign_in: Callable[[AbstractBaseUser], bool] = lambda user: user.is_active
    """Returns whether the backend lets a user in who has the right password."""


class CheckCredentials(UseCase[CheckCredentialsInput, AbstractBaseUser]):
    """Return the user with this name and password, under the limits of the API.

    It opens no session of ours; the caller may open one of Django's.

    Raises:
        RateLimited: too many attempts, whether the account exists or not.
        InvalidCredentials: wrong name or password, or the user may not sign in.
        ServiceUnavailable: the cache that counts is down.
        DomainError: of a gate that keeps the user from pages of the project.
    """

    raises = (InvalidCredentials, RateLimited, ServiceUnavailable)
    atomic = False

    user: AbstractBaseUser | None = None
    """The user with this name, if any."""

    attempt: Attempt
    """What is counted, and reset by a success."""

    def prepare(self) -> None:
        hashing.check_room()
        with hashing.turn():  # first: without it, no user is sought and none counted
            self.user = self.find_user()
            self.attempt = self.check_limits(self.user)
            self.check_password(self.user)

    def run(self) -> AbstractBaseUser:
        user = self.get_user()
        self.forget_failures()  # the password was right
        self.check_gates(user)
        return user

    def refused(self, error: DomainError) -> None:
        if not isinstance(error, (RateLimited, ServiceUnavailable)):
            self.record_refusal(error)

    def find_user(self) -> AbstractBaseUser | None:
        """Return the user with this name, as Django finds it, or None."""
        return usernames.find(self.input.username)

    def check_limits(self, user: AbstractBaseUser | None) -> Attempt:
        """Count the attempt, under the address by which the API signs the user in.

        Raises:
            RateLimited: too many attempts.
            ServiceUnavailable: the cache that counts is down.
        """
        given = self.input
        key = usernames.limit_key(user, given.username)
        return sign_in_limits.count(key, given.client, proofs=given.proofs)

    def check_password(self, user: AbstractBaseUser | None) -> None:
        """Refuse a wrong password; without a user it takes as long.

        Raises:
            InvalidCredentials: it is wrong, or the user may not sign in.
        """
        if not password_check.is_password_of(user, self.input.password):
            raise InvalidCredentials(reason="wrong" if user else "unknown")
        if user and not self.input.may_sign_in(user):
            raise InvalidCredentials(reason="inactive")

    def get_user(self) -> AbstractBaseUser:
        """Return the user whose password was right.

        Raises:
            InvalidCredentials: there is none.
        """
        if self.user is None:
            raise InvalidCredentials(reason="unknown")
        return self.user

    def check_gates(self, user: AbstractBaseUser) -> None:
        """Refuse a user whom pages of the project must not let in.

        Raises:
            DomainError: of a gate, such as before an account that will be deleted.
        """
        if refusal := access_gates.refusal_of_pages(user):
            raise refusal

    def forget_failures(self) -> None:
        """Reset the count of this account, and give the attempt back to all others.

        DRF's ``BasicAuthentication`` checks the password at each request.
        """
        self.attempt.succeed_unseen()

    def record_refusal(self, error: DomainError) -> None:
        """Record the refusal, with the reason that the client is not told."""
        audit.record(
            "auth.sign_in_refused",
            subject=self.user,
            client=self.input.client,
            facts={
                "reason": error.reason or error.code,
                "method": "password",
                "door": "django",
            },
        )
