from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.databases import rows_beside
from starterkit_core.utils.pseudonyms import pseudonym
from starterkit_terms.errors import EvidenceFinal
from starterkit_terms.models.acceptance import AcceptanceQuerySet
from starterkit_terms.models.version import version_model


class NoticeDeliveryQuerySet(AcceptanceQuerySet):
    """Notices: inserted once, then read-only, as acceptances are."""

    def forget(self, user: AbstractBaseUser) -> int:
        """Replace a user by a keyed hash; return the number of rows."""
        hidden = pseudonym(user, "starterkit_terms.recipient")
        # A plain queryset has no guard against updates.
        mine = rows_beside(self.model, user).filter(user_id=user.pk)
        return mine.update(user_id=None, recipient_id=hidden)


class NoticeDelivery(BaseModel):
    """That a user was told of a version: when, how, and which text it was about.

    Saved together with the task that tells, once for a user and a version. Rows are
    only added. Not swappable.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="terms_notices",
        db_index=False,  # the constraint below begins with it
        verbose_name=_("user"),
    )
    recipient_id = models.CharField(
        _("recipient"), max_length=64, help_text=_("Id of the user who was told.")
    )
    version = models.ForeignKey(
        version_model.label,
        on_delete=models.PROTECT,
        related_name="notices",
        verbose_name=_("version"),
    )
    medium = models.CharField(
        _("medium"), max_length=32, help_text=_("How the user was told, such as mail.")
    )
    locale = models.CharField(_("language"), max_length=16)
    content_hash = models.CharField(_("hash of the text"), max_length=64)
    happened_at = models.DateTimeField(_("happened at"), default=timezone.now)

    objects: ClassVar[Any] = NoticeDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "version"], name="%(app_label)s_%(class)s_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.medium}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row.

        Raises:
            EvidenceFinal: it has been saved before.
        """
        if not self._state.adding:
            raise EvidenceFinal
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse.

        Raises:
            EvidenceFinal: always.
        """
        raise EvidenceFinal
