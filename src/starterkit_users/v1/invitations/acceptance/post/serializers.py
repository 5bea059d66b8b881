"""Bodies of POST v1/invitations/acceptance/."""

from typing import Any

from rest_framework import serializers

from starterkit_core.http.fields import PasswordField, SecretField
from starterkit_core.ports import sign_up
from starterkit_users.v1.account_request import AccountFieldsRequest
from starterkit_users.v1.me.serializers import AccountRepresentation


class AcceptInvitationRequest(AccountFieldsRequest):
    """Token, password, names, and what this project asks for at a sign-up."""

    token = SecretField(max_length=256, help_text="From the link in the mail.")
    password = PasswordField(help_text="Used exactly as sent.")

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Add the fields of all sign-up requirements; they cannot override ours."""
        required = {
            name: field
            for requirement in sign_up.requirements()
            for name, field in requirement.fields().items()
        }
        return {**required, **super().get_fields()}


class AcceptedAccountRepresentation(AccountRepresentation):
    """The account that is open now, as its owner sees it."""
