from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """The columns that we read of a table of starterkit-auth.

    An unmanaged mirror: no migration of ours touches the table, and ``manage.py check``
    compares the columns to the real model, so an upgrade cannot break us unnoticed.
    """

    mirrors = "starterkit_auth.Session"

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,  # starterkit-auth deletes its own rows
        related_name="+",
        verbose_name=_("user"),
    )
    last_seen_at = models.DateTimeField(_("last seen at"))

    objects: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        managed = False
        db_table = "starterkit_auth_session"
        verbose_name = _("visit")
        verbose_name_plural = _("visits")

    def __str__(self) -> str:
        return f"{self.last_seen_at:%Y-%m-%d %H:%M}"
