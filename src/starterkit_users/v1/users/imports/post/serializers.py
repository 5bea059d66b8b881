"""Query of POST v1/users/imports/; the body is the file."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import FlagParameter, TextField
from starterkit_core.http.parsers import read_json
from starterkit_users.services import imports

LONGEST = 2_000


class MappingParameter(TextField):
    """A JSON object in a query, from names of columns to names of fields."""

    default_error_messages = {
        "mapping": _('Use JSON such as {{"E-mail": "email"}}.'),
    }

    def to_internal_value(self, data: Any) -> Any:
        text = super().to_internal_value(data)
        if len(text) > LONGEST:  # DRF would measure the object
            self.fail("max_length", max_length=LONGEST)
        try:
            mapping = read_json(text.encode())
        except (ValueError, RecursionError):
            self.fail("mapping")
        is_object = isinstance(mapping, dict) and mapping
        if not is_object or not all(isinstance(it, str) for it in mapping.values()):
            self.fail("mapping")
        return {str(name).strip(): str(mapping[name]) for name in mapping}


class StartImportQuery(serializers.Serializer[Any]):
    """How to read the file."""

    per_request = False  # get_fields() is the same for every request

    key = serializers.ChoiceField([])
    dry_run = FlagParameter(
        required=False, help_text="Tells what would become of the rows; saves none."
    )
    mapping = MappingParameter(
        max_length=LONGEST,
        required=False,
        help_text='JSON such as `{"E-mail": "email"}`: which column is which field; '
        "columns that it does not name are left out.",
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the parameters, with the keys that the user model has."""
        fields = super().get_fields()
        known = imports.keys()
        fields["key"] = serializers.ChoiceField(
            known,
            required=False,
            help_text=f"By which column a user is found; `{known[0]}` by default.",
        )
        return fields
