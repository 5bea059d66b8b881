from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from starterkit_auth.v1.serializers import ClientRequest
from starterkit_core.http.fields import PasswordField, SecretField

PROOFS = (
    {"registration_token", "code"},
    {"registration_token", "token"},
    {"token", "password"},
)
"""What was mailed, with what only the client of the registration has."""


class ConfirmRegistrationRequest(serializers.Serializer[Any]):
    """Code or link from the mail, what is needed with it, and the new session."""

    registration_token = SecretField(
        max_length=256,
        required=False,
        help_text="From the sign-up; needed with `code`.",
    )
    code = SecretField(
        max_length=32, required=False, help_text="Six digits; spaces are ignored."
    )
    token = SecretField(
        max_length=256, required=False, help_text="From the link; instead of `code`."
    )
    password = PasswordField(
        required=False,
        help_text=(
            "With `token`, on a device that has no `registration_token`: the one that "
            "was chosen when signing up."
        ),
    )
    client = ClientRequest(required=False)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        if attrs.keys() & set().union(*PROOFS) not in PROOFS:
            message = _(
                "Send a registration token with a code or the token of a link, or that "
                "token with the password."
            )
            raise serializers.ValidationError(message, code="either_or")
        return attrs
