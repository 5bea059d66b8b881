from rest_framework import serializers

from starterkit_auth.v1.registration.outcome import Registration
from starterkit_core.http.fields import IssuedSecretField, WordField


class RegistrationRepresentation(serializers.Serializer[Registration]):
    """The same response whether or not there is an account."""

    status = WordField(["confirmation_sent"], component="AuthConfirmationStatus")
    registration_token = IssuedSecretField(
        help_text=(
            "Send it to `registration/confirmation/` with the code or the link. Keep "
            "it as secret as a password, and never put it into a URL."
        )
    )
