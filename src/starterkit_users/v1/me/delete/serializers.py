"""Response body of DELETE v1/me/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField


class DeletionRepresentation(serializers.Serializer[Any]):
    """When the account will be erased."""

    at = MomentField(
        source="status_until",
        default=None,
        allow_null=True,
        help_text="Until then it can be restored; `null`: the erasure has begun.",
    )
