"""What the mails to the owner of an account have in common."""

from functools import cached_property
from typing import Any, Self

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import get_language

from starterkit_core.services.mail import Mail
from starterkit_users.services import user_rows


class AccountMail(Mail):
    """A mail to the owner of an account; facts ``user_id`` and ``language``."""

    @classmethod
    def to(cls, user: AbstractBaseUser) -> Self:
        """Return the mail, in the language of the request."""
        return cls(user_id=str(user.pk), language=get_language() or "")

    @cached_property
    def user(self) -> Any:
        """The owner, or None if the account is gone."""
        return user_rows.find(self.facts["user_id"])

    def reader(self) -> AbstractBaseUser | None:
        found: AbstractBaseUser | None = self.user
        return found

    def recipient(self) -> str | None:
        """Return the address, or None if there is none, or the mail came too late."""
        if self.user is None or not self.is_due():
            return None
        return getattr(self.user, get_user_model().get_email_field_name(), None) or None

    def is_due(self) -> bool:
        """Return whether the account is still in the state that the mail is about."""
        return True
