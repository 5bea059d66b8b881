"""The states of an account, from the invitation to the erasure.

``is_active`` stays a column of its own, because Django's backends, forms and querysets
ask for it. It follows ``status``, and ``status`` follows it: assigning one to a saved
account, or updating one in a queryset, sets the other as well.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Case, Value, When
from django.db.models.query_utils import DeferredAttribute
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.querysets import WriterQuerySet, alters_data


class Status(models.TextChoices):
    """Where an account is in its life."""

    INVITED = "invited", _("invited")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    DEACTIVATED = "deactivated", _("deactivated")
    DELETION_SCHEDULED = "deletion_scheduled", _("deletion scheduled")
    ERASED = "erased", _("erased")


CLOSED = (Status.INVITED, Status.SUSPENDED, Status.ERASED)
"""In these states a user cannot sign in; in the others, ``is_active`` is true."""

LEFT = (Status.DEACTIVATED, Status.DELETION_SCHEDULED)
"""The states of an account whose owner has left, though they may sign in."""

OWN_COLUMNS = ("status_reason", "status_until", "status_since", "status_by")
"""What is saved about a state besides its name."""

COLUMNS = ("status", *OWN_COLUMNS, "is_active")
"""All that is saved together."""


class Following(DeferredAttribute):
    """An attribute that sets its counterpart, once the instance has both."""

    def __set__(self, instance: Any, value: Any) -> None:
        values, name = vars(instance), self.field.attname
        is_new = name not in values
        values[name] = value
        if not is_new:
            self.field.lead(instance)  # type: ignore[attr-defined]  # of the two below


class Activity(Following):
    """``is_active``, which is also true once a suspension has ended."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        found = super().__get__(instance, cls)
        return found if instance is None else found or has_ended(instance)


class StatusField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """The name of the state; a new row has one that fits its ``is_active``."""

    descriptor_class = Following

    def lead(self, instance: Any) -> None:
        """Set ``is_active`` after the state was assigned."""
        vars(instance)["is_active"] = instance.status not in CLOSED

    def pre_save(self, model_instance: Any, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return the state; in a new row a closed one, or ``is_active``, decides."""
        if add and model_instance.status in CLOSED:
            self.lead(model_instance)
        elif add:
            model_instance._meta.get_field("is_active").lead(model_instance)
        return super().pre_save(model_instance, add)


class ActiveField(models.BooleanField):  # type: ignore[type-arg]  # not at run time
    """Whether the user may sign in."""

    descriptor_class = Activity

    def lead(self, instance: Any) -> None:
        """Set the state after ``is_active`` was assigned, unless the two agree."""
        values = vars(instance)
        if "status" not in values or values["is_active"] != (
            values["status"] in CLOSED
        ):
            return
        status = Status.ACTIVE if values["is_active"] else Status.SUSPENDED
        values |= fresh(status)

    def pre_save(self, model_instance: Any, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return what is to be saved: the column, not whether a suspension ended."""
        return vars(model_instance)[self.attname]


def fresh(
    status: Status, *, by: str = "", reason: str = "", until: datetime | None = None
) -> dict[str, Any]:
    """Return the columns of a state that begins now."""
    return {
        "status": status,
        "status_reason": reason,
        "status_until": until,
        "status_since": timezone.now(),
        "status_by": by,
        "is_active": status not in CLOSED,
    }


def has_ended(user: Any) -> bool:
    """Return whether the user was suspended until a moment that has passed."""
    if getattr(user, "status", None) != Status.SUSPENDED or user.status_until is None:
        return False
    return bool(user.status_until <= timezone.now())


class LifecycleQuerySet(WriterQuerySet[Any]):
    """Accounts; a bulk change of ``is_active`` also sets the state, and vice versa."""

    @alters_data
    def update(self, **kwargs: Any) -> int:
        """Update rows; of ``status`` and ``is_active``, one sets the other.

        Rows whose state fits ``is_active`` already keep it.
        """
        given = {"status", "is_active"} & kwargs.keys()
        if given == {"status"}:
            kwargs = {**fresh(Status(kwargs["status"])), **kwargs}
        elif given == {"is_active"}:
            kwargs |= self._states_for(bool(kwargs["is_active"]))
        return super().update(**kwargs)

    def _states_for(self, is_active: bool) -> dict[str, Any]:  # noqa: FBT001  # a column
        changed = [it for it in Status if (it in CLOSED) is is_active]
        columns = fresh(Status.ACTIVE if is_active else Status.SUSPENDED)
        del columns["is_active"]
        return {
            name: Case(
                When(status__in=changed, then=Value(value)),
                default=models.F(name),
                output_field=self.model._meta.get_field(name).clone(),
            )
            for name, value in columns.items()
        }

    @alters_data
    def bulk_update(
        self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None
    ) -> int:
        """Update rows, each to its own values, with all columns of the state."""
        return super().bulk_update(objs, sorted(with_state(fields)), batch_size)


def with_state(fields: Iterable[str]) -> set[str]:
    """Return the names of columns to save, completed if one of them is of the state."""
    names = {*fields}
    return names | {*COLUMNS} if names & {"status", "is_active"} else names


class LifecycleMixin(models.Model):
    """The state of an account, why it is in it, since when, until when, and by whom.

    ``status_until`` is the end of a suspension, which needs no job, or the moment of a
    scheduled deletion. ``status_by`` is the id of the user who decided; ``""`` is the
    owner, a command or a task.
    """

    status = StatusField(
        _("status"),
        max_length=20,
        choices=Status.choices,
        default=Status.ACTIVE,
        editable=False,
    )
    status_reason = models.CharField(
        _("reason of the status"), max_length=500, blank=True, editable=False
    )
    status_until = models.DateTimeField(
        _("end of the status"), null=True, blank=True, editable=False
    )
    status_since = models.DateTimeField(
        _("begin of the status"), default=timezone.now, editable=False
    )
    status_by = models.CharField(
        _("status changed by"), max_length=64, blank=True, editable=False
    )
    dormancy_warned_at = models.DateTimeField(
        _("warned that the account is dormant"), null=True, blank=True, editable=False
    )
    is_active = ActiveField(
        _("active"),
        default=True,
        help_text=_("May sign in. Switch this off rather than deleting the account."),
    )

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; ``update_fields`` with one column of the state saves all."""
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = with_state(kwargs["update_fields"])
        self._complete_state()
        super().save(*args, **kwargs)

    def get_session_auth_hash(self) -> str:
        """Return what sessions of Django must have; another one once the state changes.

        So no session outlives a suspension, a deletion that is scheduled, or the way
        back from it: Django cannot find the sessions of a user to delete them.
        """
        return self._since(super().get_session_auth_hash())  # type: ignore[misc]  # of AbstractBaseUser

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Yield the same by each former ``SECRET_KEY``."""
        yield from map(self._since, super().get_session_auth_fallback_hash())  # type: ignore[misc]  # of AbstractBaseUser

    def _since(self, session_hash: str) -> str:
        salt, since = f"{__name__}.session", self.status_since.timestamp()
        return salted_hmac(
            salt, f"{session_hash} {since}", algorithm="sha256"
        ).hexdigest()

    def _complete_state(self) -> None:
        """Load what of the state was left out when only a part of it was read."""
        absent = self.get_deferred_fields() & {"status", "is_active"}
        if len(absent) != 1:
            return
        getattr(self, *absent)
        (present,) = {"status", "is_active"} - absent
        field: Any = self._meta.get_field(present)
        field.lead(self)
