from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet


class DataExportQuerySet(WriterQuerySet["DataExport"]):
    """Filters for exports."""

    def of(self, user: AbstractBaseUser) -> Self:
        """Keep those of one user."""
        return self.filter(user_id=user.pk)


DataExportManager = models.Manager.from_queryset(DataExportQuerySet)


class DataExport(BaseModel):
    """A file with all data about a user, made by a task and downloaded once."""

    class State(models.TextChoices):
        """What has become of it; ``shown_state`` knows which have expired."""

        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready")
        DOWNLOADED = "downloaded", _("downloaded")
        REPLACED = "replaced", _("replaced")
        FAILED = "failed", _("failed")

    EXPIRED = "expired"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("user"),
    )
    state: Any = models.CharField(
        _("state"), max_length=16, choices=State, default=State.WAITING
    )
    running = models.BooleanField(_("running"), null=True, default=True, editable=False)
    """True while it is waiting, or else NULL: of which a user may have several."""

    file = models.CharField(_("file"), max_length=200, blank=True, editable=False)
    """Its name in the storage. It is saved before the file is, so none gets lost."""

    ready_at = models.DateTimeField(_("ready at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    downloaded_at = models.DateTimeField(_("downloaded at"), null=True, blank=True)

    objects: ClassVar[DataExportManager["DataExport"]] = DataExportManager()

    class Meta:
        verbose_name = _("data export")
        verbose_name_plural = _("data exports")
        constraints = [
            # MariaDB has no unique constraint with a condition.
            models.UniqueConstraint(
                fields=["user", "running"], name="starterkit_users_one_running_export"
            )
        ]
        indexes = [models.Index(fields=["user", "id"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def shown_state(self) -> str:
        """The state; ``expired`` if it was not downloaded in time."""
        over = self.expires_at is not None and self.expires_at <= timezone.now()
        is_expired = over and self.state == self.State.READY
        return self.EXPIRED if is_expired else str(self.state)
