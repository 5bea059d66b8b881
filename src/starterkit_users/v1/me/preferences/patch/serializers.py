"""Request body of PATCH v1/me/preferences/."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from starterkit_core.ports import preferences
from starterkit_core.ports.preferences import Writer
from starterkit_users.v1.me.preferences.serializers import SEPARATOR, fields_of

UNKNOWN = _("There is no such preference.")
NOT_YOURS = _("Only administrators set this.")
NOT_STORABLE = _("Use plain text without control characters.")


class UpdatePreferencesRequest(serializers.Serializer[Any]):
    """The preferences to change; null sets one back to its default."""

    per_request = False  # get_fields() is the same for every request

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields of those that users may set themselves."""
        mine = {
            key
            for key, it in preferences.registered().items()
            if it.writer is Writer.USER
        }
        fields = fields_of(required=False, allow_null=True)
        return {key: fields[key] for key in fields if key in mine}

    def to_internal_value(self, data: Any) -> Any:
        """Return JSON by key; unlike elsewhere, an unknown key is refused.

        A misspelled preference would seem to be saved.
        """
        if isinstance(data, Mapping):
            self._refuse_others(data)
        given = super().to_internal_value(data)
        changes = {name.replace(SEPARATOR, "."): given[name] for name in given}
        return {key: self._as_json(key, value) for key, value in changes.items()}

    def _refuse_others(self, data: Mapping[str, Any]) -> None:
        known = preferences.registered()
        if others := [key for key in data if key not in known]:
            raise ValidationError({key: [UNKNOWN] for key in others}, "unknown")
        if others := [key for key in data if key not in self.fields]:
            raise ValidationError({key: [NOT_YOURS] for key in others}, "read_only")

    def _as_json(self, key: str, value: Any) -> Any:
        """Return a value as it is saved; no database keeps NUL in JSON."""
        if value is None:
            return None
        saved = self.fields[key].to_representation(value)
        if "\\u0000" in json.dumps(saved):
            raise ValidationError({key: [NOT_STORABLE]}, "unsafe")
        return saved
