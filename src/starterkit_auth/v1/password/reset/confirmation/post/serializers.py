from starterkit_auth.v1.serializers import AnswerRequest
from starterkit_core.http.fields import PasswordField


class ResetPasswordRequest(AnswerRequest):
    """Code or token from the mail, and the new password."""

    new_password = PasswordField(help_text="Used exactly as sent.")
