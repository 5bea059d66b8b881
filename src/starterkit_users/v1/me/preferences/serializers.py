"""The preferences of a user, each with the type of its field."""

from typing import Any

from rest_framework import serializers

from starterkit_core.ports import preferences


def fields_of(**options: Any) -> dict[str, Any]:
    """Return a field for each preference that is registered."""
    fields = {}
    for key, preference in preferences.registered().items():
        field: Any = preference.field()
        for name, value in options.items():
            setattr(field, name, value)
        # A source with a dot would be looked for in a mapping of its own.
        field.source = key.replace(".", SEPARATOR)
        field.help_text = preference.about or None
        fields[key] = field
    return fields


SEPARATOR = "/"


class PreferencesRepresentation(serializers.Serializer[Any]):
    """Every preference, with its default if the user has not set it."""

    per_request = False  # get_fields() is the same for every request

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return a field for each preference that is registered."""
        return fields_of(read_only=True, required=False)

    def to_representation(self, instance: Any) -> Any:
        """Return what is saved for the user, or the default: both are JSON."""
        return preferences.all_of(instance)
