"""The gate: it blocks users who have not accepted the mandatory documents."""

from collections.abc import Container

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.module_loading import import_string

from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates
from starterkit_terms.errors import TermsAcceptanceRequired
from starterkit_terms.services import standing
from starterkit_terms.services.reading import blocking_wordings

VIEW = "starterkit_terms.v1.acceptances.post.views.AcceptTermsView"
"""Imported when it is needed: a view loads all of DRF, and its settings."""


class TermsGate:
    """Closed while a mandatory document is enforced that the user has not accepted.

    It depends on the database alone; no input of a client opens it, and no cache that
    is empty, down or wrong.
    """

    code = TermsAcceptanceRequired.code
    order = 100
    raises = (TermsAcceptanceRequired,)

    exempt: Container[str] = frozenset()
    """None: the endpoints that stay open declare it themselves, in ``access``."""

    def refusal(self, user: AbstractBaseUser) -> DomainError | None:
        """Return a refusal with the pending documents, or None.

        No query for a user of whom it is kept that everything is accepted. Otherwise
        one finds out, and then it is kept; a refusal takes one more.
        """
        now = timezone.now()
        if user.pk is None or standing.is_settled(user, now):
            return None
        if standing.settle(user, now):
            return None
        missing = blocking_wordings(user, now)
        if not missing:
            return None
        pending = [wording.facts() for wording in missing]
        return TermsAcceptanceRequired(facts={"pending": pending})

    def can_be_opened_by(self, authenticator: object) -> bool:
        """Return whether users whom ``authenticator`` signed in can accept."""
        taken = import_string(VIEW)().get_authenticators()
        return isinstance(authenticator, tuple(map(type, taken)))


def register() -> None:
    """Register the gate in core's port."""
    access_gates.register(TermsGate())
