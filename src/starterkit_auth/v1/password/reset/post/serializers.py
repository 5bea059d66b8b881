"""Body and answer of POST v1/password/reset."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import EmailField


class StartPasswordResetRequest(serializers.Serializer[Any]):
    """Whose password it is."""

    email = EmailField(help_text="The mail goes to the address in the account.")


class StartedPasswordResetRepresentation(serializers.Serializer[Any]):
    """What everybody is told, whether or not there is an account."""

    email = serializers.EmailField(help_text="As you sent it.")
    status = serializers.ChoiceField(["reset_sent"])
