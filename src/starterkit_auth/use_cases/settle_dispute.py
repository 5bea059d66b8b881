"""Closes an account that two addresses claim."""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.mails.email_changes import AddressDisputedMail
from starterkit_auth.models import Challenge
from starterkit_auth.services import addresses, closed_accounts, reversals
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDisputeInput(Input):
    """The link that would undo the change, and the client that used it."""

    challenge: Challenge
    client: Client


class SettleDispute(UseCase[SettleDisputeInput, None]):
    """Close the account, and mail both addresses to contact the project.

    No link that undoes a change works from then on: an administrator decides.
    """

    def run(self) -> None:
        user = self.lock_account()
        if user is None or not reversals.void_of(user):
            return
        self.close(user)
        self.record_event(user)
        self.tell_both()

    def lock_account(self) -> AbstractBaseUser | None:
        """Return the account, locked, or None if it was deleted."""
        return addresses.lock(self.input.challenge.user_id)

    def close(self, user: AbstractBaseUser) -> None:
        """Save that it is inactive, or without such a column remove the password.

        Either ends every session, code and link.
        """
        if closed_accounts.has_state():
            closed_accounts.close(user)
        else:
            user.set_unusable_password()
            user.save(update_fields=["password"])

    def record_event(self, user: AbstractBaseUser) -> None:
        """Record that both addresses claim the account; the actor is not known."""
        client = self.input.client
        audit.record("auth.address_disputed", subject=user, client=client)

    def tell_both(self) -> None:
        """Mail the former address and the one that the account has."""
        for to in ("former", "current"):
            AddressDisputedMail(
                challenge_id=str(self.input.challenge.pk),
                to=to,
                language=self.input.client.language,
            ).send_later()
