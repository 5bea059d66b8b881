from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.utils.emails import MAX_LENGTH


class EmailAddress(BaseModel):
    """The address that a person registered with, and whether it was proven.

    That an address is verified is true of a person and an address together, so it
    stands here and not on the user model, which is the host's: there the address may
    be neither unique nor known in one spelling. Accounts that came another way have
    no row until they prove an address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    address = models.CharField(_("address"), max_length=MAX_LENGTH)
    """As the person wrote it; mail goes there."""

    key = models.CharField(
        _("canonical form"), max_length=MAX_LENGTH, unique=True, editable=False
    )
    """``canonical_email(address)``: looked up by, and unique."""

    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    """When the person proved to receive mail there."""

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        verbose_name = _("email address")
        verbose_name_plural = _("email addresses")

    def __str__(self) -> str:
        return self.address
