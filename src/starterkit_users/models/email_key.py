from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Trim

from starterkit_core.addresses import canonical_email
from starterkit_users.models.key import KeyField


def validate_canonical(address: str) -> None:
    """Refuse an address that has no canonical form.

    Raises:
        ValidationError: with the message and code of Django's own validator.
    """
    try:
        canonical_email(address)
    except ValueError as error:
        raise ValidationError(validate_email.message, validate_email.code) from error


class EmailKeyField(KeyField):
    """The canonical form of the row's ``email``."""

    def db_parameters(self, connection: Any) -> Any:
        """Add the collation that compares bytes, where another one is usual."""
        parameters: Any = super().db_parameters(connection)
        if connection.vendor == "postgresql" and not self.db_collation:
            parameters["collation"] = "C"
        return parameters

    source = "email"
    canonical = staticmethod(canonical_email)


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


class Undotted(Func):
    """A usual address, without the dots in front of the @."""

    output_field = models.CharField()

    template = (
        "CONCAT(REPLACE(SUBSTRING_INDEX(%(expressions)s, '@', 1), '.', ''), '@',"
        " SUBSTRING_INDEX(%(expressions)s, '@', -1))"
    )

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Write the SQL of PostgreSQL."""
        template = (
            "(REPLACE(SPLIT_PART(%(expressions)s, '@', 1), '.', '') || '@' ||"
            " SPLIT_PART(%(expressions)s, '@', 2))"
        )
        return self.as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write the SQL of SQLite."""
        at = "INSTR(%(expressions)s, '@')"
        template = (
            f"(REPLACE(SUBSTR(%(expressions)s, 1, {at} - 1), '.', '') ||"
            f" SUBSTR(%(expressions)s, {at}))"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


class Untagged(Func):
    """A usual address, without what begins with the first "+" in front of the @."""

    output_field = models.CharField()

    # With one more "+" in front of the @, there is always one to cut at.
    template = (
        "CONCAT(SUBSTRING_INDEX(REPLACE(%(expressions)s, '@', '+@'), '+', 1), '@',"
        " SUBSTRING_INDEX(%(expressions)s, '@', -1))"
    )

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Write the SQL of PostgreSQL."""
        template = (
            "(SPLIT_PART(REPLACE(%(expressions)s, '@', '+@'), '+', 1) || '@' ||"
            " SPLIT_PART(%(expressions)s, '@', 2))"
        )
        return self.as_sql(compiler, connection, template=template)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        """Write the SQL of SQLite."""
        plus = "INSTR(REPLACE(%(expressions)s, '@', '+@'), '+')"
        template = (
            f"(SUBSTR(%(expressions)s, 1, {plus} - 1) ||"
            " SUBSTR(%(expressions)s, INSTR(%(expressions)s, '@')))"
        )
        return self.as_sql(compiler, connection, template=template, **extra)


LOWER = AsciiLower(Trim(F("email")))

IN_STEP = (
    Q(email_key=LOWER)
    | Q(email_key=Undotted(LOWER))
    | Q(email_key=Untagged(LOWER))
    | Q(email_key=Undotted(Untagged(LOWER)))
    | Q(HasOtherSigns(F("email")))
)
"""What the database can tell: the key of a usual address is its lower case.

A rule of the project may leave out the dots, the tag, or both; see ``EMAIL_RULE``. The
constraint refuses whatever goes past our queryset: SQL by hand, or another manager. It
cannot tell an address from another one that a rule may take for it.
"""
