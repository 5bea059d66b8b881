from django.apps import apps
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from rest_framework import serializers

from starterkit_auth.v1.registration.post.serializers import RegisterRequest


class RegisterWithNameRequest(RegisterRequest):
    last_name = serializers.CharField(default="")


class HistoryValidator:
    """Refuses a password that the person has had before."""

    def validate(self, password, user=None):
        former = former_passwords().filter(user=user.pk) if user else ()
        if any(check_password(password, it.encoded) for it in former):
            raise ValidationError("You had this password before.", code="former")

    def password_changed(self, password, user=None):
        former_passwords().create(user=user, encoded=make_password(password))

    def get_help_text(self):
        return "Choose a new one."


def former_passwords():
    return apps.get_model("validators", "FormerPassword").objects
