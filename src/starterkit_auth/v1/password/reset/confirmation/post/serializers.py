from starterkit_auth.http.fields import PasswordField
from starterkit_auth.v1.serializers import AnswerRequest


class ResetPasswordRequest(AnswerRequest):
    """What was mailed, and the password to come."""

    new_password = PasswordField(help_text="Taken exactly as sent.")
