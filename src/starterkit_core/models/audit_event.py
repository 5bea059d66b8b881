from typing import Any, ClassVar, NoReturn, Self

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.utils.uuid7 import uuid7


class AuditEvent(models.Model):
    """Who did what to whom, when and from where; inserted once.

    Actor and subject are ids rather than foreign keys, so an event outlives the
    account that it is about. It is changed once, when that account is deleted or
    erased: ``services.audit.forget()`` makes it anonymous.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    action = models.CharField(_("action"), max_length=64)
    actor_id = models.CharField(_("actor"), max_length=64, blank=True)
    impersonator_id = models.CharField(_("impersonator"), max_length=64, blank=True)
    """The user who acted as the actor, such as one of the support; else ``""``."""

    subject_type = models.CharField(_("kind of subject"), max_length=100, blank=True)
    subject_id = models.CharField(_("subject"), max_length=64, blank=True)
    address = models.CharField(_("network address"), max_length=45, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=256, blank=True)
    request_id = models.CharField(_("request"), max_length=128, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    """What the actor wrote, or ``""``; cleared with the subject, whom it may name."""

    facts = models.JSONField(_("facts"), default=dict, blank=True)

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        indexes = [
            models.Index(fields=["subject_id", "id"]),
            models.Index(fields=["actor_id", "id"]),
            models.Index(fields=["action", "id"]),
            models.Index(fields=["impersonator_id", "id"]),
        ]

    def __str__(self) -> str:
        return self.action

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the event.

        Raises:
            PermissionDenied: it has been saved before.
        """
        if not self._state.adding:
            raise PermissionDenied
        kwargs["force_insert"] = True  # the id is set, so Django would try an UPDATE
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: only retention deletes events, in bulk.

        Raises:
            PermissionDenied: always.
        """
        raise PermissionDenied
