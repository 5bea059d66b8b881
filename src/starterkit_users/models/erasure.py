from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet


class Erasure(BaseModel):
    """The erasure of one account: how far it has come.

    The account is an id, for the host may delete the row that is left of it.
    """

    class State(models.TextChoices):
        """How far it has come."""

        RUNNING = "running", _("running")
        DONE = "done", _("done")

    account_id = models.CharField(_("account"), max_length=64, unique=True)
    state: Any = models.CharField(
        _("state"), max_length=16, choices=State, default=State.RUNNING
    )
    reason = models.CharField(_("reason"), max_length=32)
    """A word of a program; free text might name the person."""

    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        indexes = [models.Index(fields=["state", "id"])]

    def __str__(self) -> str:
        return str(self.pk)


class ErasureResult(BaseModel):
    """What one provider of personal data has come to in an erasure."""

    class State(models.TextChoices):
        """The outcome of the last attempt."""

        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    erasure = models.ForeignKey(
        Erasure,
        on_delete=models.CASCADE,
        related_name="results",
        verbose_name=_("erasure"),
    )
    provider = models.CharField(_("provider"), max_length=100)
    state: Any = models.CharField(_("state"), max_length=16, choices=State)
    attempts = models.PositiveIntegerField(_("attempts"), default=1)
    error = models.CharField(_("last error"), max_length=200, blank=True)
    """The class of the last error; its text might have personal data."""

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of an erasure")
        verbose_name_plural = _("results of erasures")
        constraints = [
            models.UniqueConstraint(
                fields=["erasure", "provider"], name="starterkit_users_one_result"
            )
        ]

    def __str__(self) -> str:
        return self.provider


class ErasedAccount(BaseModel):
    """A line of the erasure log: the pseudonym of an account that was erased.

    With the log, an account that a backup brings back is erased again.
    """

    pseudonym = models.CharField(_("pseudonym"), max_length=64, unique=True)
    """A keyed hash of the id, see ``services.erasure_log``."""

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("erased account")
        verbose_name_plural = _("erased accounts")

    def __str__(self) -> str:
        return self.pseudonym
