from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_core.http.fields import SecretField


class ConfirmEmailChangeRequest(serializers.Serializer[Any]):
    """Either the code from the mail, or the token from its link."""

    code = SecretField(
        max_length=32,
        required=False,
        help_text="Six digits; spaces are ignored. Requires a signed-in user.",
    )
    token = SecretField(max_length=256, required=False, help_text="Instead of `code`.")

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if len(attrs.keys() & {"code", "token"}) != 1:
            message = _("Send either a code or a token.")
            raise serializers.ValidationError(message, code="either_or")
        return attrs
