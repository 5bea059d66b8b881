from rest_framework import serializers

from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_auth.v1.registration.post.serializers import RegisterRequest
from starterkit_users.v1.me.patch.use_case import UpdateAccount

FIELDS = ("phone", "branch", "first_name", "last_name")


class RegisterMemberRequest(RegisterRequest):
    phone = serializers.CharField()
    branch = serializers.IntegerField(default=1)
    first_name = serializers.CharField(default="Ada")
    last_name = serializers.CharField(default="")


class TakenMeanwhile(UpdateAccount):
    """Another request takes the name between the check and the save."""

    def check_fields(self, account, fields):
        pass


class CreateMember(CreateAccount):
    def user_fields(self):
        given = {name: self.input.extra[name] for name in FIELDS}
        return super().user_fields() | given


class CreateTakenMeanwhile(CreateMember):
    """Another request takes the phone between the check and the save."""

    def check_unique(self, user, fields):
        pass
