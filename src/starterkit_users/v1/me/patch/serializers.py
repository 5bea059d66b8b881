"""Request body of PATCH v1/me/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import TextField
from starterkit_users.services.account_fields import EDITABLE, account_fields

NAME_MAX_LENGTH = 150


class UpdateAccountRequest(serializers.Serializer[Any]):
    """The fields to change; a field left out keeps its value."""

    first_name = TextField(max_length=NAME_MAX_LENGTH, required=False, allow_blank=True)
    last_name = TextField(max_length=NAME_MAX_LENGTH, required=False, allow_blank=True)

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has, with its columns' lengths."""
        fields = super().get_fields()
        columns = account_fields()
        for name in EDITABLE:
            if name not in columns:
                fields.pop(name, None)
            elif (column := columns[name]).max_length not in {None, NAME_MAX_LENGTH}:
                fields[name] = TextField(
                    max_length=column.max_length or NAME_MAX_LENGTH,
                    required=False,
                    allow_blank=column.blank,
                )
        return fields
