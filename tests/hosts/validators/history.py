from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from starterkit_auth.v1.registration.post.serializers import RegisterRequest


class RegisterWithNameRequest(RegisterRequest):
    last_name = serializers.CharField(default="")


class HistoryValidator:
    """Refuses a password that the person has had before."""

    def validate(self, password, user=None):
        from tests.hosts.validators.models import FormerPassword

        former = FormerPassword.objects.filter(user=user.pk) if user else ()
        if any(check_password(password, it.encoded) for it in former):
            raise ValidationError("You had this password before.", code="former")

    def password_changed(self, password, user=None):
        from tests.hosts.validators.models import FormerPassword

        FormerPassword.objects.create(user=user, encoded=make_password(password))

    def get_help_text(self):
        return "Choose a new one."
