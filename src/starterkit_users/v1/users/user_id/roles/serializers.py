"""The roles of a user."""

from typing import Any

from rest_framework import serializers


class UserRolesRepresentation(serializers.Serializer[Any]):
    """The keys of the user's roles, in their order."""

    roles = serializers.ListField(child=serializers.CharField(), read_only=True)
