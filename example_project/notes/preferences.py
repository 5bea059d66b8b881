"""What users choose about their notes."""

from rest_framework import serializers

from starterkit_core.ports import preferences
from starterkit_core.ports.preferences import Preference


def register() -> None:
    """Declare them in core's port."""
    preferences.register(
        Preference(
            key="notes.newest_first",
            field=serializers.BooleanField,
            default=True,
            about="Whether lists begin with the newest note.",
        )
    )
