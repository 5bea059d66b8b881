from django.db import models
from django.utils.translation import gettext_lazy as _

COLUMN = "terms_epoch"
"""The column of the mixin, by which the gate finds out that a user model has it."""


class TermsStateMixin(models.Model):
    """Lets the gate find out without a query that a user has accepted everything.

    For the user model of a project. Authentication loads the column with the user.

    >>> class User(TermsStateMixin, AbstractUser): ...
    """

    terms_epoch = models.BigIntegerField(
        _("epoch of the terms"),
        default=0,
        editable=False,
        help_text=_("All documents that were mandatory in this epoch are accepted."),
    )

    class Meta:
        abstract = True
