from typing import Any

from rest_framework import serializers

from starterkit_auth.v1.serializers import TransportField

from .use_case import CodePolicy, Config


class SecondsField(serializers.IntegerField):
    """A ``timedelta`` as whole seconds."""

    def to_representation(self, value: Any) -> int:
        return int(value.total_seconds())


class PasswordPolicyRepresentation(serializers.Serializer[Config]):
    """Length of a new password; more is checked when it is set."""

    min_length = serializers.IntegerField(source="password_min_length")
    max_length = serializers.IntegerField(source="password_max_length")


class CodePolicyRepresentation(serializers.Serializer[CodePolicy]):
    """The codes that are sent by mail."""

    length = serializers.IntegerField(help_text="Number of digits.")
    lifetime = SecondsField(help_text="Seconds that a code is valid.")
    resend_after = SecondsField(
        help_text="Seconds to wait before the mail is requested again."
    )


class ConfigRepresentation(serializers.Serializer[Config]):
    """The settings of this project that clients need."""

    transports = serializers.ListField(child=TransportField())
    registration_mode = serializers.ChoiceField(
        ["strict", "friendly"],
        help_text="`friendly`: signing up with an address that has an account "
        "returns 409 `email_taken`. `strict`: the response does not reveal it.",
    )
    email_verification = serializers.ChoiceField(
        ["required", "off"],
        help_text="Whether the address must be proven before the first session. "
        "If off, users can sign in right after signing up.",
    )
    password = PasswordPolicyRepresentation(source="*")
    code = CodePolicyRepresentation()
    step_up_max_age = SecondsField(
        help_text="Seconds that a proof of identity counts as recent."
    )
