from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_terms.models.acceptance import AbstractAcceptance
from starterkit_terms.models.document import document_model


class ConsentStateQuerySet(WriterQuerySet[Any]):
    """States; ``at`` is the time for which a method answers."""

    def of(self, user: AbstractBaseUser) -> Self:
        """Keep those of one user."""
        return self.filter(user=user.pk)

    def valid(self, at: datetime) -> Self:
        """Keep what has not expired, whether or not that is in the ledger already."""
        expired = AbstractAcceptance.Action.EXPIRED
        lasting = Q(expires_at=None) | Q(expires_at__gt=at)
        return self.filter(lasting).exclude(action=expired)

    def expired(self, at: datetime) -> Self:
        """Keep consents whose end the ledger does not have yet."""
        return self.filter(expires_at__lte=at)


class ConsentState(BaseModel):
    """What stands between a user and a document, derived from the ledger.

    Written with each act, in its transaction; ``terms_rebuild_state`` compares it with
    the acts, and rebuilds it. Not swappable: everything in it is in the ledger, too.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="terms_states",
        db_index=False,  # the constraint below begins with it
        verbose_name=_("user"),
    )
    document = models.ForeignKey(
        document_model.label,
        on_delete=models.PROTECT,
        related_name="states",
        db_index=False,  # an index below begins with it
        verbose_name=_("document"),
    )
    action = models.CharField(
        _("last action"), max_length=16, choices=AbstractAcceptance.Action
    )
    number = models.PositiveIntegerField(
        _("number"), help_text=_("Of the version that the last act was about.")
    )
    accepted_number = models.PositiveIntegerField(
        _("accepted number"),
        default=0,
        help_text=_("Of the version that stands as agreed to; 0 if none does."),
    )
    sequence = models.PositiveIntegerField(_("number of acts"))
    event_id = models.UUIDField(_("last act"))
    happened_at = models.DateTimeField(_("happened at"))
    expires_at = models.DateTimeField(
        _("expires at"),
        null=True,
        help_text=_("When a consent that was given ends by itself."),
    )

    objects: ClassVar[Any] = ConsentStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "document"], name="%(app_label)s_%(class)s_one"
            ),
        ]
        indexes = [
            # How many of all users have done what, and when: the statistics.
            models.Index(fields=["document", "action", "number", "happened_at"]),
            models.Index(fields=["expires_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.get_action_display()}"

    def holds(self, at: datetime) -> bool:
        """Return whether the last act is still valid: a consent may have expired."""
        if self.action == AbstractAcceptance.Action.EXPIRED:
            return False
        return self.expires_at is None or self.expires_at > at
