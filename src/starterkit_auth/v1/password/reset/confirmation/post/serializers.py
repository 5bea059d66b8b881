from starterkit_auth.v1.serializers import AnswerRequest
from starterkit_core.serializers import PasswordField


class ResetPasswordRequest(AnswerRequest):
    """What was mailed, and the password to come."""

    new_password = PasswordField(help_text="Taken exactly as sent.")
