"""The section ``auth`` of an account: what sign-in knows of it."""

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import addresses
from starterkit_core.ports import account_sections


class AuthSection:
    """Tells whether the address is proven, which the user model does not know."""

    name = "auth"
    serializer = "starterkit_auth.http.account_section.AccountSectionRepresentation"
    max_queries = 1

    def read(self, user: AbstractBaseUser) -> dict[str, bool]:
        """Return whether the user has proven the address that the account has."""
        return {"email_verified": addresses.is_proven(user)}


def register() -> None:
    """Register the section in core's port."""
    account_sections.register(AuthSection())
