"""Gives the roles of an invitation to the account whose owner has accepted it."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import accounts_database, transaction_of
from starterkit_core.errors import DomainError
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.models import AbstractInvitation
from starterkit_users.services import bulk_acts, user_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveInvitedRolesInput(Input):
    """The invitation with its roles, and the account, which is locked."""

    invitation: AbstractInvitation
    user: AbstractBaseUser
    client: Client
    """That of the owner of the account."""


class GiveInvitedRoles(UseCase[GiveInvitedRolesInput, bool]):
    """Give all roles of an invitation; return False if it gives none of them.

    The inviter gives them, and must have the right to give each of them now. If not,
    that is recorded: the owner cannot help it, so nothing is refused.
    """

    def run(self) -> bool:
        refusal = self.give(self.find_inviter())
        if refusal:
            self.record_refusal(refusal)
        return not refusal

    def find_inviter(self) -> Any:
        """Return the inviter, as saved now; None if they may change no user."""
        return user_rows.find_acting(str(self.input.invitation.invited_by_id), "change")

    def give(self, inviter: Any) -> str:
        """Give them, and return ``""``, or the code of the refusal."""
        # One act that ranks, permissions and overrides of the host hold for.
        act, given = bulk_acts.acts().get("add_roles"), self.input
        if act is None or inviter is None:  # None would be the project, which may all
            return "permission_denied"
        options = {"roles": given.invitation.roles}
        try:
            with transaction_of(accounts_database()):  # a savepoint
                # Not by the client: that is the one of the new user.
                act.run(
                    str(given.user.pk), actor=inviter, client=NO_CLIENT, options=options
                )
        except DomainError as refusal:
            return refusal.code
        return ""

    def record_refusal(self, reason: str) -> None:
        """Record which roles the account did not get, and why."""
        given = self.input
        audit.record(
            "users.invitation_roles_refused",
            actor=given.user,
            subject=given.user,
            client=given.client,
            facts={
                "invitation": str(given.invitation.pk),
                "inviter": str(given.invitation.invited_by_id or ""),
                "roles": given.invitation.roles,
                "reason": reason,
            },
        )
