"""Keys of roles in requests."""

from typing import Any

from starterkit_core.http.fields import LineField, ListField

MOST_ROLES = 100
LONGEST_KEY = 100


class RoleKeysField(ListField):
    """A list of keys of roles; whether there are such roles is asked later."""

    def __init__(self, **kwargs: Any) -> None:
        child = LineField(max_length=LONGEST_KEY)
        super().__init__(child=child, max_length=MOST_ROLES, **kwargs)
