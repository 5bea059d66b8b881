from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Trim
from django.db.models.signals import pre_save

from starterkit_core.utils.emails import canonical_email


def validate_canonical(address: str) -> None:
    """Refuse an address that has no canonical form.

    Raises:
        ValidationError: with the message and code of Django's own validator.
    """
    try:
        canonical_email(address)
    except ValueError as error:
        raise ValidationError(validate_email.message, validate_email.code) from error


class EmailKeyField(models.CharField):  # type: ignore[type-arg]  # not at run time
    """The canonical form of the row's ``email``, computed whenever the key is saved.

    Django calls ``pre_save()`` in ``save()`` and in ``bulk_create()`` alike, so a key
    can be neither forgotten nor set by hand. Fixtures skip that: for them there is a
    receiver of the signal.
    """

    def contribute_to_class(self, cls: Any, name: str, *args: Any) -> None:
        """Compute the key of rows that ``loaddata`` saves, too."""
        super().contribute_to_class(cls, name, *args)
        if not cls._meta.abstract:
            pre_save.connect(self.fill, sender=cls)

    def fill(self, *, instance: models.Model, raw: bool, **kwargs: Any) -> None:
        """Compute the key of a row that is saved as it is in a fixture."""
        if raw:
            self.pre_save(instance, add=True)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's
        """Return the key of the address that is about to be saved.

        Raises:
            ValueError: ``email`` is not a valid address.
        """
        key = canonical_email(model_instance.email)  # type: ignore[attr-defined]  # see above
        setattr(model_instance, self.attname, key)
        return key


class AsciiLower(Func):
    """Lower case of the letters A to Z, in every database and locale."""

    function = "LOWER"
    output_field = models.CharField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Write the SQL of PostgreSQL, where a locale may know another i."""
        template = '%(function)s(%(expressions)s COLLATE "C")'
        return self.as_sql(compiler, connection, template=template)


class HasOtherSigns(Func):
    """Whether the canonical form of an address may be more than its lower case.

    It has characters that are not printable ASCII, quotes, or an encoded domain.
    """

    output_field = models.BooleanField()

    template = (
        "(OCTET_LENGTH(%(expressions)s) > CHAR_LENGTH(%(expressions)s)"
        " OR INSTR(%(expressions)s, '\"') > 0"
        " OR INSTR(LOWER(%(expressions)s), 'xn--') > 0)"
    )

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Write the SQL of PostgreSQL."""
        template = '%(expressions)s COLLATE "C" ~ \'[^ -~]|"|[Xx][Nn]--\''
        return self.as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write the SQL of SQLite."""
        size = "LENGTH(CAST(%(expressions)s AS BLOB))"
        template = self.template.replace("OCTET_LENGTH(%(expressions)s)", size)
        template = template.replace("CHAR_LENGTH", "LENGTH")
        return self.as_sql(compiler, connection, template=template, **extra)


IN_STEP = Q(email_key=AsciiLower(Trim(F("email")))) | Q(HasOtherSigns(F("email")))
"""What the database can tell: the key of a usual address is its lower case.

It refuses whatever goes past our queryset: SQL by hand, or another manager.
"""
