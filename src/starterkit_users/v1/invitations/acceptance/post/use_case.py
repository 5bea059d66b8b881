from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import DomainError, RateLimited, WeakPassword
from starterkit_core.ports import passwords, sign_up
from starterkit_core.services import audit, new_users
from starterkit_core.signals import announce, invitation_accepted
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.secrets import Secret
from starterkit_users.errors import InvalidInvitation
from starterkit_users.models import AbstractInvitation, Ending
from starterkit_users.services import invitation_limits, invitations, user_rows
from starterkit_users.use_cases.give_invited_roles import (
    GiveInvitedRoles,
    GiveInvitedRolesInput,
)
from starterkit_users.use_cases.take_over_account import (
    TakeOverAccount,
    TakeOverAccountInput,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptInvitationInput(Input):
    """The token of the mail, and what the owner of the account chooses."""

    token: Secret = field(repr=False)
    password: Secret = field(repr=False)
    fields: Mapping[str, Any]
    """Names that replace those of the invitation; what is absent stays."""

    client: Client


class AcceptInvitation(UseCase[AcceptInvitationInput, AbstractBaseUser]):
    """Give an account that waits to the owner of its address, and open it.

    It opens no session: the user signs in next, with any further checks that this
    requires. The token proves the address.

    Roles of the invitation are given by the inviter, if they may still give each of
    them; if not, the account is opened without any.

    Raises:
        InvalidInvitation: the token is unknown, used, revoked, replaced or too old, or
            the account waits no more; the client is not told which.
        WeakPassword: the password is short, common or easily guessed; the token stays
            valid.
        RateLimited: too many tries from this network.
        Busy: too many passwords are being hashed; the token stays valid.
        DomainError: a sign-up requirement of another module or the project is not met.
        ValidationError: Django's; the user model refuses a value.
    """

    raises = (InvalidInvitation, WeakPassword, RateLimited)

    invitation: AbstractInvitation
    """The invitation of the token, as it was before the transaction."""

    encoded: str
    """The hash of the password."""

    @classmethod
    def refusals(cls) -> tuple[type[DomainError], ...]:
        """Return its own errors and those of the project's sign-up requirements."""
        return (*cls.raises, *sign_up.refusals())

    def prepare(self) -> None:
        self.check_limits()
        self.invitation = self.find_invitation()
        account = self.find_account(self.invitation)
        self.check_fields(account)
        self.check_requirements()
        self.check_password(self.invitation, account)
        self.encoded = self.encode_password()

    def run(self) -> AbstractBaseUser:
        invitation, user = self.lock_invitation(self.invitation)
        self.end(invitation)
        self.take_over(user)
        self.give_roles(invitation, user)
        self.record_event(invitation, user)
        self.announce(invitation, user)
        return user

    def refused(self, error: DomainError) -> None:
        if isinstance(error, InvalidInvitation):
            self.record_refusal()

    def check_limits(self) -> None:
        """Count the try by network; a token has 256 bits and needs no other limit."""
        invitation_limits.count_try(self.input.client)

    def find_invitation(self) -> AbstractInvitation:
        """Return the invitation of the token, at the same cost for each token.

        Raises:
            InvalidInvitation: there is none that is open.
        """
        found = invitations.find_by_token(self.input.token)
        if found is None:
            raise InvalidInvitation
        return found

    def find_account(self, invitation: AbstractInvitation) -> AbstractBaseUser:
        """Return the account with the values that were chosen, not saved.

        Raises:
            InvalidInvitation: it waits no more.
        """
        user = user_rows.all_users().filter(pk=invitation.user_id).first()
        if user is None or not invitations.is_for(invitation, user):
            raise InvalidInvitation
        new_users.set_others(user, self.input.fields)
        account: AbstractBaseUser = user
        return account

    def check_fields(self, user: AbstractBaseUser) -> None:
        """Refuse what the user model refuses.

        Raises:
            ValidationError: Django's.
        """
        new_users.check_values(user, self.input.fields)

    def check_requirements(self) -> None:
        """Validate the fields that other modules and the project added.

        Raises:
            DomainError: a requirement is not met.
        """
        sign_up.validate(self.input.extra)

    def check_password(self, invitation: AbstractInvitation, user: Any) -> None:
        """Refuse a weak password, only once the token is known to be right.

        Raises:
            WeakPassword: it is short, common or easily guessed.
        """
        passwords.check(self.input.password, email=invitation.address, user=user)

    def encode_password(self) -> str:
        """Return the hash; slow, so it is made outside the transaction."""
        return passwords.encode(self.input.password)

    def lock_invitation(
        self, invitation: AbstractInvitation
    ) -> tuple[AbstractInvitation, AbstractBaseUser]:
        """Return the invitation as saved now and its account, both locked.

        Raises:
            InvalidInvitation: it was accepted, revoked or replaced meanwhile.
        """
        saved, user = invitations.lock(invitation.pk)
        is_right = saved and invitations.is_token_of(saved, self.input.token)
        if saved is None or not is_right or not invitations.is_for(saved, user):
            raise InvalidInvitation
        return saved, user

    def end(self, invitation: AbstractInvitation) -> None:
        """Save that it was accepted; the token is void."""
        invitations.end(invitation, Ending.ACCEPTED)

    def take_over(self, user: AbstractBaseUser) -> None:
        """Open the account with what its owner chose.

        Raises:
            InvalidInvitation: another account has just proven the address.
        """
        given = self.input
        TakeOverAccount.execute(
            TakeOverAccountInput(
                user=user,
                fields=given.fields,
                password=given.password,
                encoded=self.encoded,
                client=given.client,
                extra=given.extra,
            )
        )

    def give_roles(
        self, invitation: AbstractInvitation, user: AbstractBaseUser
    ) -> None:
        """Give the roles of the invitation, if there are any."""
        if not invitation.roles:
            return
        given = GiveInvitedRolesInput(
            invitation=invitation, user=user, client=self.input.client
        )
        GiveInvitedRoles.execute(given)

    def record_event(
        self, invitation: AbstractInvitation, user: AbstractBaseUser
    ) -> None:
        """Record that the owner took over the account."""
        audit.record(
            "users.invitation_accepted",
            actor=user,
            subject=user,
            client=self.input.client,
            facts={"invitation": str(invitation.pk)},
        )

    def announce(self, invitation: AbstractInvitation, user: AbstractBaseUser) -> None:
        """Send ``invitation_accepted`` after the commit."""
        facts = {"user": user, "address": invitation.address}
        announce(invitation_accepted, type(user), **facts)

    def record_refusal(self) -> None:
        """Record the refusal, without an account: it is not known."""
        audit.record("users.invitation_refused", client=self.input.client)
