from rest_framework import serializers

from starterkit_auth.v1.registration.outcome import Registration


class RegistrationRepresentation(serializers.Serializer[Registration]):
    """The same response whether or not there is an account."""

    email = serializers.EmailField(help_text="As sent in the request.")
    status = serializers.ChoiceField(["confirmation_sent"])
