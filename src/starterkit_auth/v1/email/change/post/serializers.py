from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField, WordField

from .use_case import StartedEmailChange


class StartEmailChangeRequest(serializers.Serializer[Any]):
    """The new address."""

    email = EmailField(help_text="Code and link are sent to it.")


class StartedEmailChangeRepresentation(serializers.Serializer[StartedEmailChange]):
    """The same response whether or not the address is taken."""

    email = serializers.EmailField(help_text="As sent in the request.")
    status = WordField(["confirmation_sent"], component="AuthConfirmationStatus")
