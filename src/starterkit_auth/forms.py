"""Forms of Django's own doors with the limits of checking passwords."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.core.exceptions import ValidationError

from starterkit_auth.backends import refusal_of
from starterkit_auth.errors import WrongPassword
from starterkit_auth.services import password_check
from starterkit_core.db.databases import rows_of
from starterkit_core.errors import DomainError, RateLimited, ServiceUnavailable
from starterkit_core.services import audit


class LimitedForm:
    """Add this to a form with ``AuthenticationForm`` among its bases.

    With ``LimitedBackend``, it says why a sign-in was not even tried, which is the same
    for names with and without an account; or, to who has the right password, which gate
    is closed.
    """

    request: Any

    def get_invalid_login_error(self) -> ValidationError:
        refusal = refusal_of(self.request)
        if refusal is not None:
            return _shown(refusal)
        error: ValidationError = super().get_invalid_login_error()  # type: ignore[misc]  # of the form
        return error


class LimitedFormerPassword:
    """Add this to a form with ``PasswordChangeForm`` among its bases.

    Then a stolen session of Django gives as few guesses at the password as one of ours.
    """

    user: Any
    cleaned_data: dict[str, Any]
    error_messages: dict[str, Any]

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        # A view gives a lazy object, and no instance of the model.
        user = rows_of(get_user_model()).get(pk=self.user.pk)
        try:
            password_check.check_former(user, password)
        except WrongPassword:
            facts = {"door": "django"}
            audit.record(
                "auth.password_change_refused", actor=user, subject=user, facts=facts
            )
            code = "password_incorrect"
            raise ValidationError(self.error_messages[code], code=code) from None
        except (RateLimited, ServiceUnavailable) as refusal:
            raise _shown(refusal) from None
        return password


class SignInForm(LimitedForm, AuthenticationForm):
    """For ``LoginView.as_view(authentication_form=SignInForm)``."""


class ChangePasswordForm(LimitedFormerPassword, PasswordChangeForm):
    """For ``PasswordChangeView.as_view(form_class=ChangePasswordForm)``."""


def _shown(refusal: DomainError) -> ValidationError:
    return ValidationError(str(refusal.message), code=refusal.code)
