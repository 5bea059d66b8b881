"""Take the picture of the signed-in user away."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountDeleted
from starterkit_core.services import audit
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.models import AbstractAvatar
from starterkit_users.services import accounts, avatars


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAvatarInput(Input):
    """Whose picture, and from where."""

    user: AbstractBaseUser
    client: Client = NO_CLIENT


class RemoveAvatar(UseCase[RemoveAvatarInput, None]):
    """Delete the avatar and, after the commit, its files; without one, do nothing.

    Raises:
        AccountDeleted: the account was deleted during the request.
    """

    raises = (AccountDeleted,)

    def run(self) -> None:
        account = self.lock_account()
        avatar = self.find_avatar(account)
        if avatar is not None:
            self.delete(avatar)
            self.record_event(account)
            self.announce(account)

    def lock_account(self) -> Any:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: it was deleted or erased during the request.
        """
        return accounts.lock(self.input.user)

    def find_avatar(self, account: AbstractBaseUser) -> AbstractAvatar | None:
        """Return the row of the account, or None."""
        return avatars.find(account)

    def delete(self, avatar: AbstractAvatar) -> None:
        """Delete the row; a receiver of ``post_delete`` deletes the files."""
        avatar.delete()

    def record_event(self, account: AbstractBaseUser) -> None:
        """Record that the picture is gone."""
        audit.record(
            "users.avatar_removed",
            actor=self.input.user,
            subject=account,
            client=self.input.client,
        )

    def announce(self, account: AbstractBaseUser) -> None:
        """Send ``account_updated`` after the commit, so receivers see what is saved."""
        announce(account_updated, type(account), user=account, fields=["avatar"])
