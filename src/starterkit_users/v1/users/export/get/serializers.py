"""Query of GET v1/users/export/."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import LineField
from starterkit_users.services.account_fields import exported_fields
from starterkit_users.v1.users.serializers import UsersQuery

LONGEST = 500


class FieldsParameter(LineField):
    """Names of columns, with commas between; each once."""

    default_error_messages = {
        "unknown": _("There is no such field here: {name}."),
        "repeated": _("Say it once."),
    }

    def to_internal_value(self, data: Any) -> Any:
        text, known = super().to_internal_value(data), exported_fields()
        if len(text) > LONGEST:  # DRF would measure the list
            self.fail("max_length", max_length=LONGEST)
        names = text.split(",")
        if len({*names}) < len(names):
            self.fail("repeated")
        if unknown := [name for name in names if name not in known]:
            self.fail("unknown", name=unknown[0])
        return names


class ExportUsersFilters(UsersQuery):
    """Which users, and what of them."""

    per_request = False  # get_fields() is the same for every request

    fields_ = FieldsParameter(
        max_length=LONGEST,
        required=False,
        help_text="Names of columns, with commas between; by default all of them.",
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the filters; ``fields`` is a name that serializers use themselves."""
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields
