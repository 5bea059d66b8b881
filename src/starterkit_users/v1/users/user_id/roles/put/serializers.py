"""Request body of PUT v1/users/<user_id>/roles/."""

from typing import Any

from rest_framework import serializers

from starterkit_users.v1.role_keys import RoleKeysField


class SetRolesRequest(serializers.Serializer[Any]):
    """All roles that the user has afterwards."""

    roles = RoleKeysField(
        help_text="Keys of roles; an empty list takes every role away."
    )
