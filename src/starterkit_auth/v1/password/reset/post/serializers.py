"""Request and response body of POST v1/password/reset."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField


class StartPasswordResetRequest(serializers.Serializer[Any]):
    """The address of the account."""

    email = EmailField(
        help_text="The mail is sent to the address as saved in the account."
    )


class StartedPasswordResetRepresentation(serializers.Serializer[Any]):
    """The same response whether or not there is an account."""

    email = serializers.EmailField(help_text="As sent in the request.")
    status = serializers.ChoiceField(["reset_sent"])
