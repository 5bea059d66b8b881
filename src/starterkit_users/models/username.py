"""A user name, for projects that show one."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from starterkit_core.db.databases import rows_of
from starterkit_users.conf import conf
from starterkit_users.models.key import KeyedModel, KeyField
from starterkit_users.utils.usernames import (
    LONGEST,
    SHORTEST,
    is_reserved,
    username_key,
)

MALFORMED = _(
    "Use letters from a to z, digits, and single dots, dashes or underscores."
)
RESERVED = _("This user name is reserved.")
TAKEN = _("This user name is taken, or looks like one that is.")


def validate_username(name: str) -> None:
    """Refuse a malformed name, and one that is reserved or looks like it.

    Raises:
        ValidationError: Django's, with code ``invalid`` or ``reserved``.
    """
    try:
        username_key(name)
    except ValueError as error:
        raise ValidationError(MALFORMED, code="invalid") from error
    if is_reserved(name, frozenset(conf.RESERVED_USERNAMES)):
        raise ValidationError(RESERVED, code="reserved")


class UsernameKeyField(KeyField):
    """What the names that look like the row's ``username`` have in common, or NULL."""

    source = "username"
    canonical = staticmethod(username_key)


class UsernameMixin(KeyedModel):
    """A user name that no other one looks like; ``""``: the user has none.

    Put it before ``AbstractUser``. Users still sign in with their address, unless
    ``USERNAME_FIELD`` says otherwise.
    """

    username = models.CharField(
        _("user name"),
        max_length=LONGEST,
        blank=True,
        validators=[MinLengthValidator(SHORTEST), validate_username],
    )
    username_key = UsernameKeyField(
        _("key of the user name"),
        max_length=LONGEST,
        unique=True,
        null=True,
        editable=False,
    )

    class Meta:
        abstract = True

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Report a taken name on ``username``, the field that forms show.

        Raises:
            ValidationError: for ``username``; another user has one that looks like it.
        """
        exclude = {*(exclude or ())}
        super().validate_constraints({*exclude, "username_key"})
        if "username" in exclude or not self.username:
            return
        others = rows_of(type(self)).exclude(pk=self.pk)
        if others.filter(username_key=username_key(self.username)).exists():
            raise ValidationError({"username": ValidationError(TAKEN, code="unique")})
