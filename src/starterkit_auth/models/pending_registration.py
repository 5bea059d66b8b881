from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_auth.models.mailed_secret import AbstractMailedSecret
from starterkit_core.db.querysets import WriterQuerySet
from starterkit_core.utils.emails import MAX_LENGTH


class PendingRegistration(AbstractMailedSecret):
    """A sign-up that waits for the proof of its address; then it becomes an account.

    Several may wait for one address, each with a mail of its own; the first that is
    confirmed is the account, and the others are deleted. It is kept whether or not the
    address has an account, so that the work is the same: the mail tells.

    With a ``user`` it is not a sign-up: an account exists, but not the proof.
    """

    purpose: str = "registration"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        verbose_name=_("user"),
    )
    """The account whose address is to be proven; None if the proof makes one."""

    address = models.CharField(_("address"), max_length=MAX_LENGTH)
    """As the client wrote it; mail is sent to it."""

    password = models.CharField(_("password"), max_length=256, editable=False)
    """The hash of the password that was chosen; empty if there is an account."""

    extra = models.JSONField(_("further fields"), default=dict, editable=False)
    """Fields of the host and of other modules, by ``services.kept_values``."""

    client = models.JSONField(_("client"), default=dict, editable=False)
    """The client that signed up, for what requirements save about it."""

    mails = models.PositiveIntegerField(_("mails"), default=1)
    """How many mails were sent; code and link of each are different."""

    mailed_at = models.DateTimeField(_("last mail at"))

    objects: ClassVar[models.Manager[Self]] = WriterQuerySet.as_manager()

    class Meta:
        verbose_name = _("pending registration")
        verbose_name_plural = _("pending registrations")
        indexes = [
            models.Index(fields=["address_key"]),
            models.Index(fields=["link_expires_at"]),
        ]

    @property
    def is_sign_up(self) -> bool:
        """Whether the proof makes an account; otherwise there is one already."""
        return self.user_id is None

    def bound_to(self) -> str:
        """Return account, address and mail that code and link are of."""
        return f"{self.user_id} {self.address_key} {self.mails}"

    def __str__(self) -> str:
        return self.address
