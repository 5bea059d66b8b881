"""What auth adds to the list of users: whether the address is proven."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q
from django.db.models.functions import Lower
from rest_framework.fields import Field

from starterkit_auth.models.address import EmailAddress
from starterkit_auth.services.user_addresses import (
    UNIQUE_FORM,
    has_email_field,
    has_field,
)
from starterkit_core.db.databases import rows_of
from starterkit_core.http.fields import FlagParameter
from starterkit_core.ports import user_filters


class SameBytes(Func):
    """Whether two texts are equal, whatever the collations of their columns are.

    To PostgreSQL's planner it is as likely as not. Of a plain comparison it would think
    that one row in a million passes, and read the whole table instead of a page.
    """

    template = "%(expressions)s"
    arg_joiner = " = "
    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        """Write the SQL of PostgreSQL, which does not choose between collations."""
        template = 'COALESCE(%(expressions)s COLLATE "C", false)'
        return self.as_sql(compiler, connection, template=template)


class VerifiedAddress:
    """Narrows the list of users to those who proved the address that they have now."""

    name = "is_verified"

    def field(self) -> Field[Any, Any, Any, Any]:
        """Return the parameter: ``true`` or ``false``."""
        return FlagParameter(
            required=False, help_text="Whether the address has been proven."
        )

    def condition(self, value: bool) -> Q:  # noqa: FBT001  # the port's
        """Return the condition; each user has one row at most, found by its key."""
        rows = rows_of(EmailAddress).filter(
            user_id=OuterRef("pk"), verified_at__isnull=False
        )
        proven = Exists(rows.filter(_is_current()))
        return Q(proven) if value else ~Q(proven)


def _is_current() -> Q:
    """Return the condition that the user model still has the address of the row."""
    model = get_user_model()
    if has_field(model, UNIQUE_FORM):
        return Q(SameBytes(F("key"), OuterRef(UNIQUE_FORM)))
    if not has_email_field(model):
        return Q()
    address = OuterRef(model.get_email_field_name())
    return Q(address=address) | Q(key=Lower(address))


def register() -> None:
    """Register the filter."""
    user_filters.register(VerifiedAddress())
