from rest_framework import serializers

from starterkit_auth.v1.registration.post.serializers import RegisterRequest
from starterkit_auth.v1.registration.post.use_case import Register

FIELDS = ("phone", "branch", "first_name", "last_name")


class RegisterMemberRequest(RegisterRequest):
    phone = serializers.CharField()
    branch = serializers.IntegerField(default=1)
    first_name = serializers.CharField(default="Ada")
    last_name = serializers.CharField(default="")


class RegisterMember(Register):
    def user_fields(self):
        given = {name: self.input.extra[name] for name in FIELDS}
        return super().user_fields() | given
