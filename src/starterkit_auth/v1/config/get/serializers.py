from typing import Any

from rest_framework import serializers

from starterkit_auth.models import Transport

from .use_case import CodePolicy, Config


class SecondsField(serializers.IntegerField):
    """A length of time as whole seconds."""

    def to_representation(self, value: Any) -> int:
        return int(value.total_seconds())


class PasswordPolicyRepresentation(serializers.Serializer[Config]):
    """What a new password must be; more is checked when it is set."""

    min_length = serializers.IntegerField(source="password_min_length")
    max_length = serializers.IntegerField(source="password_max_length")


class CodePolicyRepresentation(serializers.Serializer[CodePolicy]):
    """The codes that come by mail."""

    length = serializers.IntegerField(help_text="Digits.")
    lifetime = SecondsField(help_text="Seconds.")
    resend_after = SecondsField(
        help_text="Seconds to wait before the same mail is asked for again."
    )


class ConfigRepresentation(serializers.Serializer[Config]):
    """What is enabled here."""

    transports = serializers.ListField(child=serializers.ChoiceField(Transport.choices))
    registration_mode = serializers.ChoiceField(
        ["strict", "friendly"],
        help_text="Whether signing up says that an address is taken: only if friendly, "
        "by 409 `email_taken`.",
    )
    email_verification = serializers.ChoiceField(
        ["required", "off"],
        help_text="Whether an address is proven before the first session. If off, "
        "signing in works right after signing up.",
    )
    password = PasswordPolicyRepresentation(source="*")
    code = CodePolicyRepresentation()
    step_up_max_age = SecondsField(
        help_text="Seconds that a proof of who one is counts where it is asked for."
    )
