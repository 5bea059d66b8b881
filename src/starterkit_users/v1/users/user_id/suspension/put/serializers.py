"""Request body of PUT v1/users/<user_id>/suspension/."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import GivenMomentField, LineField
from starterkit_users.services import lifecycle

PAST = _("This moment has passed.")


class SuspendUserRequest(serializers.Serializer[Any]):
    """Why the user is suspended, and until when."""

    per_request = False  # get_fields() is the same for every request

    reason = LineField(
        max_length=500,
        help_text="For administrators; users read it only in the export of their data.",
    )
    until = GivenMomentField(
        required=False,
        allow_null=True,
        help_text="When it ends by itself; `null`: when an administrator lifts it.",
    )

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields for which the user model has a column."""
        fields = super().get_fields()
        if not lifecycle.has_status():
            del fields["until"]
        return fields

    def validate_until(self, until: datetime | None) -> datetime | None:
        """Refuse an end in the past, which would be no suspension."""
        if until is not None and until <= timezone.now():
            raise serializers.ValidationError(PAST, "past")
        return until
