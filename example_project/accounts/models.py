"""A one-to-one model: the simplest way to store more about an account."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

COMPANY_MAX_LENGTH = 80


class Customer(models.Model):
    """The customer data of an account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="customer",
        verbose_name=_("user"),
    )
    company = models.CharField(
        _("company"), max_length=COMPANY_MAX_LENGTH, blank=True, db_index=True
    )

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")

    def __str__(self) -> str:
        return self.company
