from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.base_model import BaseModel
from starterkit_core.utils.emails import MAX_LENGTH
from starterkit_core.utils.salts import SALT_BYTES, new_salt


class AbstractMailedSecret(BaseModel):
    """What a code and a link in a mail are derived from, with a key of the server.

    They are derived whenever they are needed. An attacker who reads the table, or the
    queue of the mails, has neither.
    """

    purpose: str
    """What the answer is for, such as ``password_reset``."""

    address_key = models.CharField(_("address"), max_length=MAX_LENGTH)
    """Canonical form of the account's address; for a reversal, of the former one."""

    salt = models.BinaryField(_("salt"), max_length=SALT_BYTES, default=new_salt)
    key_id = models.CharField(_("signing key"), max_length=16)
    """Id of the key that code and link are derived from, in hex."""

    auth_hash = models.CharField(_("password version"), max_length=64, editable=False)
    """Digest of the stored password hash: a new password voids all but reversals."""

    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    """How many times a code was tried."""

    expires_at = models.DateTimeField(_("code expires at"))
    link_expires_at = models.DateTimeField(_("link expires at"))

    class Meta:
        abstract = True

    def bound_to(self) -> str:
        """Return what code and link are for; they are void once it is another."""
        raise NotImplementedError
