"""The fields of an account that an administrator makes."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from rest_framework import serializers

from starterkit_core.http.fields import EmailField, LineField
from starterkit_core.services import new_users
from starterkit_users.services import new_accounts
from starterkit_users.v1.account_request import AccountFieldsRequest

LONGEST_NAME = 254


class NewAccountRequest(AccountFieldsRequest):
    """Address and names, and what users sign in with if that is not the address."""

    email = EmailField(help_text="In any spelling, only one account has it.")

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Add the user name, and leave out the address, as the user model has them."""
        fields, model = super().get_fields(), get_user_model()
        username: Any = model._meta.get_field(str(model.USERNAME_FIELD))
        if not new_accounts.has_address():
            fields.pop("email", None)
        if username.name != model.get_email_field_name():
            fields.setdefault(username.name, _username(username))
        return fields


def _username(column: "models.Field[Any, Any]") -> LineField:
    model = get_user_model()
    made_up = new_users.username_for(model, "").get(column.name, "")
    return LineField(
        max_length=column.max_length or LONGEST_NAME,
        required=made_up is None,
        help_text="What the user signs in with; by default a random one.",
    )
