"""A swapped model: ``STARTERKIT_TERMS_ACCEPTANCE_MODEL`` puts it in place of ours.

It lives in an app of its own, created by that app's first migration.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_terms.models import AbstractAcceptance


class Acceptance(AbstractAcceptance):
    """Evidence that also says which of our companies the contract is with."""

    contracting_party = models.CharField(_("contracting party"), max_length=80)
    """Required, so every way to accept a document has to fill it."""

    class Meta(AbstractAcceptance.Meta):
        pass
