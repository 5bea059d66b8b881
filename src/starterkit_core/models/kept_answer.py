from typing import ClassVar, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.utils.uuid7 import uuid7


class KeptAnswer(models.Model):
    """The answer to a request with an ``Idempotency-Key``, for its retries.

    It is inserted and completed in the transaction of the use case, so a row that
    others see has an answer. The user is an id rather than a foreign key: checking one
    locks the account, and a use case that locks it later would deadlock with another.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    created_at = models.DateTimeField(
        _("created at"), default=timezone.now, editable=False
    )
    user_id = models.CharField(_("user"), max_length=64)
    scope = models.CharField(_("scope"), max_length=64)
    """SHA-256 of user, operation, path and key."""

    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    """Keyed hash of the query and the body of the request."""

    status = models.PositiveSmallIntegerField(_("status"), default=0)
    """0 until the end of the transaction."""

    headers = models.JSONField(_("headers"), default=dict, blank=True)
    body = models.TextField(_("body"), blank=True)
    """JSON, or blank if the answer has no body."""

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "scope"], name="starterkit_core_one_answer"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
