"""What a mail says when several accounts have the address that it goes to.

The reader learns that there are others, and which account signs in with the address.
Only they do: the answer to the request is the same for every address.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_auth.services import user_addresses
from starterkit_core.services.mail import harmless


def named(user: AbstractBaseUser) -> dict[str, Any]:
    """Return the context of ``shared_address.txt``, a part of several mails.

    The account has no name if users sign in to the host with the address, too.
    """
    name = str(user.get_username())  # a number in some user models
    by_address = user_addresses.key_or_empty(name) != ""
    return {
        "shared": True,
        "account_name": "" if by_address else harmless(name),
    }
