from typing import Any, ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet


class Job(BaseModel):
    """A bulk act or an import of users: what to do, and how far it is.

    Users are ids rather than foreign keys, so a job outlives the account of who
    started it, and the rows that it is about.
    """

    class Kind(models.TextChoices):
        """What it does."""

        BULK = "bulk", _("bulk act")
        IMPORT = "import", _("import")

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    kind: Any = models.CharField(_("kind"), max_length=16, choices=Kind)
    state: Any = models.CharField(
        _("state"), max_length=16, choices=State, default=State.WAITING
    )
    actor_id = models.CharField(_("actor"), max_length=64, blank=True)
    code = models.CharField(_("code"), max_length=64, blank=True)
    """Why it failed."""

    options = models.JSONField(_("options"), default=dict, blank=True)
    """What was asked for. What may name a person is cleared at the end."""

    total = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    """NULL as long as it is unknown."""

    done = models.PositiveIntegerField(_("rows done"), default=0)
    counts = models.JSONField(_("counts"), default=dict, blank=True)
    """Rows by what became of them."""

    file = models.CharField(_("file"), max_length=200, blank=True, editable=False)
    """Its name in the storage; ``""`` once it is deleted."""

    fingerprint = models.CharField(  # noqa: DJ001  # unique, and most jobs have none
        _("fingerprint"), max_length=64, null=True, unique=True, editable=False
    )
    """SHA-256 of an import: two of the same are one job. NULL if it may be repeated."""

    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [models.Index(fields=["actor_id", "id"])]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_over(self) -> bool:
        """Whether it is done or failed."""
        return self.state in {self.State.DONE, self.State.FAILED}


class JobRow(models.Model):
    """One user of a bulk act, or one line of an imported file that was refused."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")

    id = models.BigAutoField(primary_key=True)
    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="rows", verbose_name=_("job")
    )
    place = models.PositiveIntegerField(_("place"))
    """Counted from 0; of a file, the number of the line, counted from 1."""

    subject_id = models.CharField(_("user"), max_length=64, blank=True)
    state: Any = models.CharField(
        _("state"), max_length=16, choices=State, default=State.WAITING
    )
    field = models.CharField(_("column"), max_length=64, blank=True)
    code = models.CharField(_("code"), max_length=64, blank=True)
    """Why it was refused; no value that was refused."""

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a job")
        verbose_name_plural = _("rows of jobs")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "place"], name="starterkit_users_one_row_per_place"
            )
        ]
        indexes = [models.Index(fields=["subject_id"])]

    def __str__(self) -> str:
        return f"{self.job} {self.place}"
