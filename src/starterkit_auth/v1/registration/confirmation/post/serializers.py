from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from starterkit_auth.v1.serializers import ClientRequest
from starterkit_core.http.alternatives import OneOfRequest
from starterkit_core.http.fields import PasswordField, SecretField


class ConfirmRegistrationRequest(OneOfRequest):
    """Code or link from the mail, what is needed with it, and the new session.

    Each alternative is what was mailed, with what only the client of the registration
    has.
    """

    alternatives: ClassVar = {
        "ByCode": ("registration_token", "code"),
        "ByLink": ("registration_token", "token"),
        "ByLinkElsewhere": ("token", "password"),
    }
    mixed = _(
        "Send a registration token with a code or the token of a link, or that "
        "token with the password."
    )

    registration_token = SecretField(
        max_length=256,
        required=False,
        help_text="From the sign-up; needed with `code`.",
    )
    code = SecretField(
        max_length=32, required=False, help_text="Six digits; spaces are ignored."
    )
    token = SecretField(
        max_length=256, required=False, help_text="From the link; instead of `code`."
    )
    password = PasswordField(
        required=False,
        help_text=(
            "With `token`, on a device that has no `registration_token`: the one that "
            "was chosen when signing up."
        ),
    )
    client = ClientRequest(required=False)
