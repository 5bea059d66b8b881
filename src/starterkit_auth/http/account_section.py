from typing import Any

from rest_framework import serializers


class AccountSectionRepresentation(serializers.Serializer[Any]):
    """What sign-in knows of an account."""

    email_verified = serializers.BooleanField(
        help_text="Whether the user has proven to read the mail of the address."
    )
