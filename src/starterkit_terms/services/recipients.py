"""To whom notices are sent and in which language, with any user model."""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.utils import locales
from starterkit_terms.conf import default_locale

LEFT = frozenset({"deactivated", "deletion_scheduled", "erased"})
"""What the attribute ``status`` of a user says who has left, or is about to."""


def has_left(user: AbstractBaseUser) -> bool:
    """Return whether the account is closed, with any user model."""
    return not user.is_active or getattr(user, "status", None) in LEFT


def address_of(user: AbstractBaseUser) -> str:
    """Return the mail address of a user, or ``""``."""
    name = get_user_model().get_email_field_name()
    return getattr(user, name, None) or ""


def language_for(user: AbstractBaseUser) -> str:
    """Return the language that a user has chosen, or else that of the project."""
    return locales.language_of(user) or default_locale()
