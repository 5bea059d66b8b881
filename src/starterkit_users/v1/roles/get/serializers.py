"""Response body of GET v1/roles/."""

from typing import Any

from rest_framework import serializers


class RoleRepresentation(serializers.Serializer[Any]):
    """A role, and whether the caller may give it."""

    key = serializers.CharField(read_only=True, help_text="Never changes.")
    name = serializers.CharField(
        read_only=True, help_text="In the language of the request, if it is translated."
    )
    is_system = serializers.BooleanField(
        read_only=True, help_text="Whether the code alone says what it permits."
    )
    permissions = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Permissions of Django, such as `shop.view_order`.",
    )
    may_grant = serializers.BooleanField(
        read_only=True, help_text="Whether the caller has all of its permissions."
    )


class RolesRepresentation(serializers.Serializer[Any]):
    """Every role; there are few, so this list is not paginated."""

    results = RoleRepresentation(many=True)
