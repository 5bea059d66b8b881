from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied

from starterkit_core.errors import RateLimited
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client
from starterkit_core.utils.proofs import RequireProof, no_proof
from starterkit_users.errors import (
    AlreadyInvited,
    HigherRank,
    RightsLacked,
    UnknownRole,
    UserExists,
)
from starterkit_users.mails.invitations import InvitationMail
from starterkit_users.models import AbstractInvitation, invitation_model
from starterkit_users.services import (
    invitation_limits,
    invitations,
    new_accounts,
    ranks,
    roles,
    user_rows,
)
from starterkit_users.use_cases.create_user import CreateUser, CreateUserInput


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteUserInput(Input):
    """The account, and who invites; the caller has checked permissions."""

    email: str
    fields: Mapping[str, Any]
    actor: Any
    client: Client
    roles: Collection[str] = ()
    """Keys of the roles that the account gets once it is accepted."""

    require_proof: RequireProof = no_proof
    """Called before roles are saved, which need a recent proof of identity."""


class InviteUser(UseCase[InviteUserInput, AbstractInvitation]):
    """Save a closed account, and mail its owner a link to take it over.

    So it is in the list of users at once, and may get roles. Those of the invitation
    are given when it is accepted, if the actor may still give them then.

    Raises:
        PermissionDenied: Django's; the actor names roles and may not change users.
        UnknownRole: no role has one of the keys.
        RightsLacked: a role has a permission that the actor lacks.
        AlreadyInvited: the address has an invitation that was not answered.
        UserExists: another account has the address, or another unique value.
        HigherRank: the waiting account has rights that the actor lacks.
        RateLimited: too many invitations by this administrator, or to this address.
        ValidationError: Django's; the user model refuses a value, or lacks one.
    """

    raises = (
        AlreadyInvited,
        UserExists,
        HigherRank,
        RateLimited,
        UnknownRole,
        RightsLacked,
    )

    def prepare(self) -> None:
        self.check_permission()
        self.check_limits()

    def run(self) -> AbstractInvitation:
        self.check_roles()
        user = self.find_account() or self.create_account()
        invitation = self.save_invitation(self.invitation_fields(user))
        self.send_mail(invitation)
        self.record_event(invitation, user)
        return invitation

    def check_permission(self) -> None:
        """Refuse roles by an actor who may not change the roles of users.

        Raises:
            PermissionDenied: Django's; or what asks for a recent proof of identity.
        """
        if not self.input.roles:
            return
        if not self.input.actor.has_perm(str(user_rows.permission("change"))):
            raise PermissionDenied
        self.input.require_proof()

    def check_roles(self) -> None:
        """Refuse roles that the actor may not give.

        Raises:
            UnknownRole: no role has one of the keys.
            RightsLacked: a role has a permission that the actor lacks.
        """
        if not (wanted := {*self.input.roles}):
            return
        found, rank = roles.known_roles(wanted), ranks.Rank(self.input.actor)
        if unknown := sorted(wanted - found.keys()):
            raise UnknownRole(facts={"roles": unknown})
        lacked = [it.key for it in found.values() if rank.lacks(it.permissions)]
        if lacked:
            raise RightsLacked(facts={"roles": lacked})

    def check_limits(self) -> None:
        """Count the mail by administrator and by address."""
        invitation_limits.count_mail(self.input.email, self.input.actor)

    def find_account(self) -> AbstractBaseUser | None:
        """Return the account with the address that waits without an invitation.

        None if there is no account, so that one has to be made.

        Raises:
            AlreadyInvited: it has an invitation.
            UserExists: it is in use.
            HigherRank: it has rights that the actor lacks.
        """
        user = new_accounts.with_address(self.input.email).select_for_update().first()
        if user is None:
            return None
        if invitation := invitations.open_of(user):
            raise AlreadyInvited(facts={"invitation": str(invitation.pk)})
        if not invitations.was_never_taken_over(user):
            raise UserExists(facts={"fields": ["email"]})
        ranks.require_rank(self.input.actor, user)
        found: AbstractBaseUser = user
        return found

    def create_account(self) -> AbstractBaseUser:
        """Save the account, closed.

        Raises:
            UserExists: another account has one of the values.
            ValidationError: Django's.
        """
        given = self.input
        return CreateUser.execute(
            CreateUserInput(
                email=given.email,
                fields=given.fields,
                invited=True,
                actor=given.actor,
                client=given.client,
                extra=given.extra,
            )
        )

    def invitation_fields(self, user: AbstractBaseUser) -> dict[str, Any]:
        """Return the columns of the invitation."""
        given = self.input
        fields = invitations.fields_of(user, given.email, given.actor)
        return {**fields, "roles": sorted({*given.roles})}

    def save_invitation(self, fields: dict[str, Any]) -> AbstractInvitation:
        """Save and return the invitation."""
        invitation = invitation_model()(**fields)
        invitation.save()
        return invitation

    def send_mail(self, invitation: AbstractInvitation) -> None:
        """Mail the link after the commit."""
        facts = {"language": self.input.client.language}
        InvitationMail(invitation_id=str(invitation.pk), **facts).send_later()

    def record_event(
        self, invitation: AbstractInvitation, user: AbstractBaseUser
    ) -> None:
        """Record who invited whom."""
        audit.record(
            "users.invitation_sent",
            actor=self.input.actor,
            subject=user,
            client=self.input.client,
            facts={
                "invitation": str(invitation.pk),
                **({"roles": invitation.roles} if invitation.roles else {}),
            },
        )
