"""What is mailed to the owner of an account at whose address there was a sign-up.

Usually that there is an account already. A module whose accounts wait for their owner,
such as invited ones, mails how to take one over instead.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib.auth.base_user import AbstractBaseUser

if TYPE_CHECKING:
    from starterkit_core.services.mail import Mail

Source = Callable[[AbstractBaseUser, str], "Mail | None"]
"""Returns the mail to the owner of an account, in a language, or None."""

_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Ask ``source``, too; one with the same name is replaced."""
    _sources[name] = source


def unregister(name: str) -> None:
    """Remove the source called ``name``."""
    _sources.pop(name, None)


def mail_for(user: AbstractBaseUser, language: str) -> "Mail | None":
    """Return the first mail of a module to the owner of a closed account, or None.

    No module is asked about an active account: its owner can sign in.
    """
    if user.is_active:
        return None
    mails = (source(user, language) for source in _sources.values())
    return next((mail for mail in mails if mail is not None), None)
