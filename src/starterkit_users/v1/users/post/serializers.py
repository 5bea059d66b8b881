"""Request body of POST v1/users/."""

from starterkit_core.http.fields import PasswordField
from starterkit_users.v1.new_account_request import NewAccountRequest


class AddUserRequest(NewAccountRequest):
    """The account; a host adds its own required columns."""

    password = PasswordField(
        required=False,
        help_text="Used exactly as sent. Without one, none opens the account.",
    )
