from rest_framework import serializers

from starterkit_auth.v1.registration.outcome import Registration


class RegistrationRepresentation(serializers.Serializer[Registration]):
    """What everybody is told, whether or not there is an account."""

    email = serializers.EmailField(help_text="As you sent it.")
    status = serializers.ChoiceField(["confirmation_sent"])
