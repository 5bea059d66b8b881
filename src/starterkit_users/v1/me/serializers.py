"""An account as its owner sees it."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_users.services.account_fields import account_fields


class AccountRepresentation(serializers.Serializer[Any]):
    """My account; fields that the project's user model lacks are left out."""

    per_request = False  # get_fields() is the same for every request

    id = serializers.CharField(source="pk", read_only=True)
    email = serializers.EmailField(read_only=True)
    first_name = serializers.CharField(read_only=True)
    last_name = serializers.CharField(read_only=True)
    created_at = MomentField(read_only=True)

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has, with the names of its columns."""
        fields = super().get_fields()
        columns = account_fields()
        for name in ("email", "first_name", "last_name", "created_at"):
            if name not in columns:
                fields.pop(name, None)
            elif name in fields and columns[name].name != name:
                fields[name].source = columns[name].name
        return fields
