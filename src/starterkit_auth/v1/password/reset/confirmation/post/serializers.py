from starterkit_auth.http.fields import PasswordField
from starterkit_auth.v1.serializers import AnswerRequest


class ResetPasswordRequest(AnswerRequest):
    """Code or token from the mail, and the new password."""

    new_password = PasswordField(help_text="Used exactly as sent.")
