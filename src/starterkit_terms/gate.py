"""The gate: nobody goes on without what must be accepted."""

from collections.abc import Container

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates
from starterkit_terms.errors import TermsAcceptanceRequired
from starterkit_terms.models import version_model
from starterkit_terms.services.reading import wordings


class TermsGate:
    """Closed while a mandatory document is enforced that the person has not accepted.

    What it says depends on the database alone; nothing that a client sends opens it.
    """

    code = TermsAcceptanceRequired.code
    order = 100
    raises = (TermsAcceptanceRequired,)

    exempt: Container[str] = frozenset()
    """None: endpoints that stay open say ``gated = False`` themselves."""

    def refusal(self, user: AbstractBaseUser) -> DomainError | None:
        """Return what is outstanding, or nothing; one query."""
        if user.pk is None:
            return None
        missing = wordings(version_model().objects.blocking(user, timezone.now()))
        if not missing:
            return None
        pending = [wording.facts() for wording in missing]
        return TermsAcceptanceRequired(facts={"pending": pending})


def register() -> None:
    """Put the gate up."""
    access_gates.register(TermsGate())
