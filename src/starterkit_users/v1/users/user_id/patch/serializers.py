"""Request body of PATCH v1/users/<user_id>/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import FlagField
from starterkit_users.services.account_fields import administered_fields
from starterkit_users.services.ranks import FLAGS
from starterkit_users.v1.account_request import AccountFieldsRequest


class UpdateUserRequest(AccountFieldsRequest):
    """The fields to change; a field left out keeps its value."""

    per_request = False  # get_fields() is the same for every request

    is_staff = FlagField(
        required=False, help_text="Only who has this right gives or takes it."
    )
    is_superuser = FlagField(
        required=False, help_text="Only a superuser makes and unmakes one."
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields that the user model has."""
        fields, columns = super().get_fields(), administered_fields()
        return {
            name: field
            for name, field in fields.items()
            if name not in FLAGS or name in columns
        }
