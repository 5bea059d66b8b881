from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import MomentField
from starterkit_users.models import Erasure

REASONS = ["request", "abuse", "policy", "test", "other"]


class EraseUserQuery(serializers.Serializer[Any]):
    """Why; a word of a list, because free text might name the user and is kept."""

    reason = serializers.ChoiceField(
        REASONS,
        default="other",
        help_text="`request`: the user asked for it; `abuse`; `policy`, such as a "
        "duty to delete; `test`: no account of a person; `other`.",
    )


class ErasureRepresentation(serializers.Serializer[Erasure]):
    """How far the erasure of an account has come."""

    id = serializers.UUIDField()
    state = serializers.ChoiceField(
        Erasure.State.values,
        help_text="`running` until every module has erased what it had.",
    )
    created_at = MomentField()
    finished_at = MomentField(allow_null=True)
