"""The row of an account, which everything that records acts of a user locks first."""

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.db.databases import rows_of
from starterkit_core.errors import AccountDeleted


def lock(user: AbstractBaseUser) -> None:
    """Lock the user's row until the transaction ends.

    Raises:
        AccountDeleted: the account was deleted during the request.
    """
    mine = rows_of(get_user_model()).select_for_update().filter(pk=user.pk)
    if mine.values_list("pk").first() is None:
        raise AccountDeleted
