from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_auth.v1.serializers import ClientRequest
from starterkit_core.serializers import EmailField, TextField


class ConfirmRegistrationRequest(serializers.Serializer[Any]):
    """Either the address and the code from the mail, or the token from its link."""

    email = EmailField(required=False, help_text="With `code`.")
    code = TextField(
        max_length=32, required=False, help_text="Six digits; spaces do not matter."
    )
    token = TextField(
        max_length=256, required=False, help_text="Instead of `email` and `code`."
    )
    client = ClientRequest(required=False)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        by_code, by_link = {"email", "code"}, {"token"}
        if attrs.keys() & (by_code | by_link) not in (by_code, by_link):
            message = _("Send either an address and a code, or a token.")
            raise serializers.ValidationError(message, code="either_or")
        return attrs
