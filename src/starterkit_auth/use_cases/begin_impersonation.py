"""Lets an administrator act as another user, for core's port."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.errors import ImpersonationOpen, SessionRequired
from starterkit_auth.models import AbstractSession, Impersonation
from starterkit_auth.services import closed_accounts, hidden_users, impersonations
from starterkit_core import signals
from starterkit_core.errors import AccountDeleted, AccountInactive
from starterkit_core.ports.impersonation import Begun
from starterkit_core.services import audit
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import Client


@dataclass(frozen=True, slots=True, kw_only=True)
class BeginImpersonationInput(Input):
    """Who acts as whom; the caller has checked permissions and ranks."""

    user: AbstractBaseUser
    actor: AbstractBaseUser
    by: Any = field(repr=False)
    """``request.auth`` of the actor; the impersonation ends with that session."""

    client: Client


class BeginImpersonation(UseCase[BeginImpersonationInput, Begun]):
    """Return the token by which the actor acts as the user; one at a time.

    The user gets neither a session nor a ``last_login``.

    Raises:
        SessionRequired: the actor is signed in by other means than a session of ours.
        AccountDeleted: there is no such actor any more.
        AccountInactive: the user may not sign in either.
        ImpersonationOpen: the actor acts as a user already.
    """

    raises = (SessionRequired, AccountDeleted, AccountInactive, ImpersonationOpen)

    def run(self) -> Begun:
        session = self.get_session()
        self.lock_actor()
        self.check_user()
        self.check_single()
        row = self.create(session)
        self.record_event(row)
        self.announce()
        return self.issue(row)

    def get_session(self) -> AbstractSession:
        """Return the session of the actor.

        Raises:
            SessionRequired: there is none; one who is impersonated has none either.
        """
        given = self.input
        if not isinstance(given.by, AbstractSession) or given.by.user != given.actor:
            raise SessionRequired
        return given.by

    def lock_actor(self) -> None:
        """Lock the actor, so that of two requests at once one is refused.

        Raises:
            AccountDeleted: there is no such account any more.
        """
        closed_accounts.lock(self.input.actor)

    def check_user(self) -> None:
        """Refuse a user who may not sign in.

        Raises:
            AccountInactive: it is such a user.
        """
        user = self.input.user
        if not user.is_active or hidden_users.is_hidden(user):
            raise AccountInactive

    def check_single(self) -> None:
        """Refuse a second impersonation at the same time.

        Raises:
            ImpersonationOpen: the actor acts as a user already.
        """
        if found := impersonations.open_by(self.input.actor):
            raise ImpersonationOpen(facts={"user_id": str(found.user_id)})

    def create(self, session: AbstractSession) -> Impersonation:
        """Save it."""
        return impersonations.begin(self.input.user, self.input.actor, session)

    def record_event(self, row: Impersonation) -> None:
        """Record who acts as whom; the user sees that, too."""
        given = self.input
        audit.record(
            "auth.impersonation_started",
            actor=given.actor,
            subject=given.user,
            client=given.client,
            facts={"impersonation": str(row.pk)},
        )

    def announce(self) -> None:
        """Send ``impersonation_started`` after the commit."""
        given = self.input
        facts = {"user": given.user, "impersonator": given.actor}
        signals.announce(signals.impersonation_started, type(given.user), **facts)

    def issue(self, row: Impersonation) -> Begun:
        """Return it with its token."""
        return impersonations.issue(row)
