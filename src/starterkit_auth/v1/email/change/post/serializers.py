from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField

from .use_case import StartedEmailChange


class StartEmailChangeRequest(serializers.Serializer[Any]):
    """The address to have."""

    email = EmailField(help_text="Where the code and the link are sent.")


class StartedEmailChangeRepresentation(serializers.Serializer[StartedEmailChange]):
    """What everybody is told, whether or not the address is taken."""

    email = serializers.EmailField(help_text="As you sent it.")
    status = serializers.ChoiceField(["confirmation_sent"])
