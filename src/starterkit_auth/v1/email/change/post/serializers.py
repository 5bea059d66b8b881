from typing import Any

from rest_framework import serializers

from starterkit_core.serializers import EmailField

from .use_case import RequestedEmailChange


class RequestEmailChangeRequest(serializers.Serializer[Any]):
    """The address to have."""

    email = EmailField(help_text="Where the code and the link are sent.")


class RequestedEmailChangeRepresentation(serializers.Serializer[RequestedEmailChange]):
    """What everybody is told, whether or not the address is taken."""

    email = serializers.EmailField(help_text="As you sent it.")
    status = serializers.ChoiceField(["confirmation_sent"])
