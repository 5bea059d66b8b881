"""One's own account, locked while it changes."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountDeleted
from starterkit_users.errors import UserNotFound
from starterkit_users.services import lifecycle, ranks


def lock(user: AbstractBaseUser) -> Any:
    """Return the account of ``user`` as saved, locked until the transaction ends.

    For acts that cannot close it; see ``lock_own()``. An erased one is refused, too: no
    request that began before the erasure fills what it has left.

    Raises:
        AccountDeleted: it was deleted or erased during the request.
    """
    try:
        return lifecycle.lock(str(user.pk))
    except UserNotFound:
        raise AccountDeleted from None


def lock_own(user: AbstractBaseUser) -> Any:
    """Return it as ``lock()`` does, for acts that may close that of a superuser.

    Raises:
        AccountDeleted: it was deleted or erased during the request.
    """
    try:
        return ranks.lock_subject(str(user.pk))
    except UserNotFound:
        raise AccountDeleted from None
