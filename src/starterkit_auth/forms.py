"""Forms of Django's own doors that say when there were too many attempts."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from starterkit_auth.backends import refusal_of


class LimitedForm:
    """Add this to a form with ``AuthenticationForm`` among its bases.

    With ``LimitedBackend``, it says why a sign-in was not even tried. That is the same
    for names with and without an account.
    """

    request: Any

    def get_invalid_login_error(self) -> ValidationError:
        refusal = refusal_of(self.request)
        if refusal is not None:
            return ValidationError(str(refusal.message), code=refusal.code)
        error: ValidationError = super().get_invalid_login_error()  # type: ignore[misc]  # of the form
        return error


class SignInForm(LimitedForm, AuthenticationForm):
    """For ``LoginView.as_view(authentication_form=SignInForm)``."""
