from collections.abc import Iterable
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import rows_beside
from starterkit_core.db.querysets import WriterQuerySet, alters_data, queryset_only
from starterkit_core.db.swapping import Swappable
from starterkit_core.utils.pseudonyms import pseudonym
from starterkit_terms.errors import EvidenceFinal
from starterkit_terms.models.version import version_model

TRACES = ("address", "user_agent", "platform", "app_version", "request_id")
"""Fields about the client that acted; ``forget()`` clears them."""


PSEUDONYM = "starterkit_terms.actor"
"""The purpose of the keyed hash that replaces the id of an erased user."""


class AcceptanceQuerySet(WriterQuerySet[Any]):
    """Acts of users: inserted once, then read-only."""

    def of(self, user: AbstractBaseUser) -> Self:
        """Keep those of one user."""
        return self.filter(user=user.pk)

    @alters_data
    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            EvidenceFinal: always.
        """
        raise EvidenceFinal

    @alters_data
    @queryset_only
    def delete(self) -> NoReturn:
        """Refuse.

        Raises:
            EvidenceFinal: always.
        """
        raise EvidenceFinal

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Insert rows.

        Raises:
            EvidenceFinal: existing rows would be updated where the new ones conflict.
        """
        # The third positional argument is update_conflicts.
        if kwargs.get("update_conflicts") or any(args[2:3]):
            raise EvidenceFinal
        return super().bulk_create(objs, *args, **kwargs)

    def forget(self, user: AbstractBaseUser) -> int:
        """Anonymize the acts of a user; return the number of rows.

        A keyed hash of the user's id replaces the actor: with its secret key, only the
        project can tell later whether a row was about a given id. ``updated_at`` says
        since when: ``EVIDENCE_RETENTION`` begins with it.
        """
        blank: dict[str, Any] = dict.fromkeys(TRACES, "")
        blank["updated_at"] = timezone.now()
        hidden = pseudonym(user, PSEUDONYM)
        # A plain queryset has no guard against updates.
        mine = rows_beside(self.model, user).filter(user_id=user.pk)
        return mine.update(user_id=None, actor_id=hidden, **blank)


class AbstractAcceptance(BaseModel):
    """What a user did about a version: accepted, gave, refused, withdrew it.

    A row says who acted for whom, when, how and from where. It refers to the text by
    language and hash, which are fixed once published. Rows are only added; what stands
    of them is in ``ConsentState``.
    """

    class Action(models.TextChoices):
        """What the user did."""

        ACCEPTED = "accepted", _("accepted")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    class Authority(models.TextChoices):
        """By which right the actor bound the subject."""

        SELF = "self", _("for oneself")
        ORGANIZATION = "organization", _("for an organization")

    class Method(models.TextChoices):
        """Through which part of the service the user acted."""

        API = "api", _("API")
        SIGN_UP = "sign_up", _("sign-up")
        ADMIN = "admin", _("administration")
        TIME = "time", _("time")
        IMPORTED = "imported", _("import from another system")
        VISITOR = "visitor", _("before there was an account")
        BOUND = "bound", _("taken over from a visitor")

    STANDING: ClassVar[tuple[str, ...]] = (
        Action.ACCEPTED,
        Action.ACKNOWLEDGED,
        Action.GIVEN,
    )
    """The actions after which a version stands as agreed to."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="terms_acceptances",
        db_index=False,  # an index below begins with it
        verbose_name=_("user"),
        help_text=_("The user who is bound."),
    )
    organization_id = models.CharField(
        _("organization"),
        max_length=64,
        blank=True,
        help_text=_("Id of the organization that is bound, if it is not the user."),
    )
    actor_id = models.CharField(
        _("actor"), max_length=64, help_text=_("Id of the user who acted.")
    )
    authority = models.CharField(
        _("authority"), max_length=16, choices=Authority, default=Authority.SELF
    )
    version = models.ForeignKey(
        version_model.label,
        on_delete=models.PROTECT,
        related_name="acceptances",
        db_index=False,  # an index below begins with it
        verbose_name=_("version"),
    )
    sequence = models.PositiveIntegerField(
        _("sequence"),
        default=1,
        help_text=_("How many acts of the user about this document it makes."),
    )
    locale = models.CharField(_("language"), max_length=16)
    content_hash = models.CharField(_("hash of the text"), max_length=64)
    wording = models.CharField(
        _("wording"),
        max_length=500,
        blank=True,
        help_text=_("What was shown beside the checkbox."),
    )
    action = models.CharField(
        _("action"), max_length=16, choices=Action, default=Action.ACCEPTED
    )
    method = models.CharField(
        _("method"), max_length=16, choices=Method, default=Method.API
    )
    happened_at = models.DateTimeField(_("happened at"), default=timezone.now)
    expires_at = models.DateTimeField(
        _("expires at"),
        null=True,
        blank=True,
        help_text=_("When a consent that was given ends by itself."),
    )
    address = models.CharField(_("network address"), max_length=64, blank=True)
    user_agent = models.CharField(_("user agent"), max_length=256, blank=True)
    platform = models.CharField(_("platform"), max_length=32, blank=True)
    app_version = models.CharField(_("version of the app"), max_length=32, blank=True)
    request_id = models.CharField(_("request"), max_length=128, blank=True)

    objects: ClassVar[Any] = AcceptanceQuerySet.as_manager()

    class Meta:
        abstract = True
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")
        constraints = [
            # Two requests at once cannot both add what comes next.
            models.UniqueConstraint(
                fields=["user", "version", "sequence"],
                name="%(app_label)s_%(class)s_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    action__in=[
                        "accepted",
                        "acknowledged",
                        "given",
                        "refused",
                        "withdrawn",
                        "expired",
                    ]
                ),
                name="%(app_label)s_%(class)s_action",
            ),
            models.CheckConstraint(
                condition=Q(authority="self", organization_id="")
                | (Q(authority="organization") & ~Q(organization_id="")),
                name="%(app_label)s_%(class)s_bound",
            ),
            models.CheckConstraint(
                condition=Q(expires_at=None) | Q(action="given"),
                name="%(app_label)s_%(class)s_expiry",
            ),
        ]
        indexes = [
            models.Index(fields=["actor_id"]),
            models.Index(fields=["user", "id"]),  # of a user, newest first
            models.Index(fields=["version", "id"]),  # of a version, newest first
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.get_action_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row.

        Raises:
            EvidenceFinal: it has been saved before.
        """
        if not self._state.adding:
            raise EvidenceFinal
        # A copy with the id of a stored row must not replace that.
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            EvidenceFinal: always.
        """
        raise EvidenceFinal


acceptance_model = Swappable[AbstractAcceptance]("starterkit_terms", "Acceptance")


class Acceptance(AbstractAcceptance):
    """The acceptance of projects that do not swap the model."""

    class Meta(AbstractAcceptance.Meta):
        swappable = acceptance_model.setting
