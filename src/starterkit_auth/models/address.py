from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.utils.emails import MAX_LENGTH


class EmailAddress(BaseModel):
    """The address that a user registered with, and whether it was proven.

    Not fields of the user model, because that belongs to the host project: its address
    may be neither unique nor in canonical form, and may change without a proof.
    Accounts that were made in another way have no row until they prove an address, or
    the host imports it.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    address = models.CharField(_("address"), max_length=MAX_LENGTH)
    """As the user wrote it; mail is sent to it."""

    key = models.CharField(
        _("canonical form"), max_length=MAX_LENGTH, unique=True, editable=False
    )
    """``canonical_email(address)``, for lookups; by the rule of the project."""

    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    """When the user proved to receive mail there; None if never."""

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("email address")
        verbose_name_plural = _("email addresses")
        constraints = [
            # Fixtures and SQL by hand may leave it out: then no lookup finds the row.
            models.CheckConstraint(
                condition=~models.Q(key=""), name="%(app_label)s_%(class)s_key"
            )
        ]

    def __str__(self) -> str:
        return self.address
