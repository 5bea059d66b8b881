"""The section ``terms`` of an account: how much the user still has to accept."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from starterkit_core.ports import account_sections
from starterkit_terms.models import version_model
from starterkit_terms.services.audiences import Membership


class TermsSection:
    """Counts the mandatory documents in force that the user has not accepted."""

    name = "terms"
    serializer = "starterkit_terms.serializers.AccountSectionRepresentation"
    max_queries = 1

    def read(self, user: AbstractBaseUser) -> dict[str, int]:
        """Return the number, of which ``GET v1/pending/`` shows the documents."""
        pending = version_model().objects.pending(user, timezone.now())
        audiences = pending.values_list("document__audience", flat=True)
        return {"pending": sum(map(Membership(user).covers, audiences))}


def register() -> None:
    """Register the section in core's port."""
    account_sections.register(TermsSection())
