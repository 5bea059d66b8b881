"""The acts of a user: their export, and their anonymization at an erasure."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import rows_beside, rows_of
from starterkit_core.ports import personal_data
from starterkit_terms.models import ConsentState, Visitor, acceptance_model
from starterkit_terms.models.acceptance import TRACES
from starterkit_terms.services import standing, visitors
from starterkit_terms.services.evidence_packs import facts_of


class AcceptanceData:
    """Exports acceptances; an erasure anonymizes them and keeps the evidence."""

    name = "terms"
    outlives_account = True

    def __init__(self) -> None:
        self.models: tuple[str, ...] = (
            acceptance_model.label,
            ConsentState._meta.label,
        )

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return every act with what it was about and where it came from.

        The states are left out: they only repeat what is in the acts.
        """
        rows = acceptance_model().objects.of(user).select_related("version__document")
        return [facts_of(row) for row in rows.order_by("happened_at", "pk")]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove the user, the address and the client; the act itself stays."""
        rows_beside(ConsentState, user).filter(user_id=user.pk).delete()
        acceptance_model().objects.forget(user)
        standing.forget(user)


class VisitorData:
    """Exports what an account did before it was one; an erasure removes the link.

    The acts stay as evidence of a client that is not known any more.
    """

    name = "terms_visitor"
    outlives_account = True
    models: tuple[str, ...] = (Visitor._meta.label,)

    def export(self, user: AbstractBaseUser) -> list[dict[str, Any]]:
        """Return every act of the visitors that were bound to the account."""
        ids = [*rows_of(Visitor).filter(user=user.pk).values_list("pk", flat=True)]
        return [facts_of(act) for pk in ids for act in visitors.acts_of_visitor(pk)]

    def erase(self, user: AbstractBaseUser) -> None:
        """Remove the visitors, and the address and the client of their acts."""
        mine = rows_beside(Visitor, user).filter(user_id=user.pk)
        ids = [str(pk) for pk in mine.values_list("pk", flat=True)]
        # A plain queryset has no guard against updates.
        acts = rows_beside(acceptance_model(), user)
        acts.filter(user=None, actor_id__in=ids).update(**dict.fromkeys(TRACES, ""))
        mine.delete()


def register() -> None:
    """Register the providers in core's port."""
    personal_data.register(AcceptanceData())
    personal_data.register(VisitorData())
