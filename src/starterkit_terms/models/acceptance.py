from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
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
"""Fields about the client that accepted; ``forget()`` clears them."""


class AcceptanceQuerySet(WriterQuerySet[Any]):
    """Acceptances: inserted once, then read-only."""

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

    def forget(self, user: AbstractBaseUser) -> int:
        """Anonymize the acceptances of a user; return the number of rows.

        A keyed hash of the user's id replaces the actor: with its secret key, only the
        project can tell later whether a row was about a given id.
        """
        blank: dict[str, Any] = dict.fromkeys(TRACES, "")
        hidden = pseudonym(user, "starterkit_terms.actor")
        # A plain queryset has no guard against updates.
        mine = rows_beside(self.model, user).filter(user_id=user.pk)
        return mine.update(user_id=None, actor_id=hidden, **blank)


class AbstractAcceptance(BaseModel):
    """The acceptance of a version by a user: what, when, how, from where.

    It refers to the text by language and hash, which are fixed once published.
    """

    class Action(models.TextChoices):
        """What the user did."""

        ACCEPTED = "accepted", _("accepted")

    class Method(models.TextChoices):
        """Through which part of the service the user accepted."""

        API = "api", _("API")
        SIGN_UP = "sign_up", _("sign-up")
        ADMIN = "admin", _("administration")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="terms_acceptances",
        verbose_name=_("user"),
    )
    actor_id = models.CharField(
        _("actor"), max_length=64, help_text=_("Id of the user who accepted.")
    )
    version = models.ForeignKey(
        version_model.label,
        on_delete=models.PROTECT,
        related_name="acceptances",
        db_index=False,  # the index below begins with it
        verbose_name=_("version"),
    )
    locale = models.CharField(_("language"), max_length=16)
    content_hash = models.CharField(_("hash of the text"), max_length=64)
    action = models.CharField(
        _("action"), max_length=16, choices=Action, default=Action.ACCEPTED
    )
    method = models.CharField(
        _("method"), max_length=16, choices=Method, default=Method.API
    )
    accepted_at = models.DateTimeField(_("accepted at"), default=timezone.now)
    address = models.CharField(_("network address"), max_length=45, blank=True)
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
            models.UniqueConstraint(
                fields=["user", "version", "action"],
                name="%(app_label)s_%(class)s_once",
            ),
        ]
        indexes = [
            models.Index(fields=["actor_id"]),
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
        super().save(*args, **kwargs)

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
