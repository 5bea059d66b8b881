"""Give the signed-in user a picture."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from starterkit_core.errors import AccountDeleted, Busy, DomainError, RateLimited
from starterkit_core.services import audit, limits
from starterkit_core.signals import account_updated, announce
from starterkit_core.use_cases import Input, UseCase
from starterkit_core.utils.client import NO_CLIENT, Client
from starterkit_users.conf import conf
from starterkit_users.errors import InvalidPicture, PictureTooLarge
from starterkit_users.models import AbstractAvatar, avatar_model
from starterkit_users.services import accounts, avatar_files, avatars, pictures
from starterkit_users.services.avatar_files import SavedFiles


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAvatarInput(Input):
    """Whose picture, the file as it was uploaded, and from where."""

    user: AbstractBaseUser
    content: bytes
    client: Client = NO_CLIENT


class SetAvatar(UseCase[SetAvatarInput, AbstractBaseUser]):
    """Make the pictures of an avatar, save them, and delete those before.

    Raises:
        AccountDeleted: the account was deleted during the request.
        Busy: others are being decoded.
        InvalidPicture: it is no picture of an accepted type, or damaged.
        PictureTooLarge: it has too many pixels.
        RateLimited: the user has uploaded too many.
    """

    raises = (AccountDeleted, Busy, InvalidPicture, PictureTooLarge, RateLimited)

    saved: SavedFiles | None = None
    """The new files, which are leftovers until the row has them."""

    def prepare(self) -> None:
        self.count_attempt()
        self.check_content()
        self.saved = self.save_files(self.make_pictures())

    def count_attempt(self) -> None:
        """Count an upload of the user.

        Raises:
            RateLimited: there were too many.
        """
        limit = limits.Limit.parse("avatar.user", conf.AVATAR_RATE)
        limits.consume(limit, str(self.input.user.pk))

    def check_content(self) -> None:
        """Do nothing; a project that scans files for viruses refuses them here."""

    def make_pictures(self) -> dict[int, bytes]:
        """Return a WebP file of each size.

        Raises:
            Busy: others are being decoded.
            InvalidPicture: it is no picture of an accepted type, or damaged.
            PictureTooLarge: it has too many pixels.
        """
        content, most = self.input.content, conf.AVATAR_MAX_PIXELS
        return pictures.squares(content, conf.AVATAR_SIZES, most)

    def save_files(self, made: dict[int, bytes]) -> SavedFiles:
        """Save the files; a crash from here on leaves them to a purge."""
        return avatar_files.save(made)

    def run(self) -> AbstractBaseUser:
        account: AbstractBaseUser = self.lock_account()
        avatar = self.find_avatar(account)
        self.replace_files(avatar)
        self.save(avatar, self.avatar_fields(account))
        self.record_event(account)
        self.announce(account)
        return account

    def lock_account(self) -> Any:
        """Return the account as saved, locked until the transaction ends.

        Raises:
            AccountDeleted: it was deleted or erased during the request.
        """
        return accounts.lock(self.input.user)

    def find_avatar(self, account: AbstractBaseUser) -> AbstractAvatar:
        """Return the row of the account, or a new one."""
        return avatars.find(account) or avatar_model()()

    def replace_files(self, avatar: AbstractAvatar) -> None:
        """Give the row its new files; the former ones are deleted after the commit."""
        if self.saved is not None:
            avatar_files.drop(avatar.files.values())
            avatar_files.keep(self.saved.leftover)
            avatar.files = self.saved.by_size

    def avatar_fields(self, account: AbstractBaseUser) -> dict[str, Any]:
        """Return the other columns of the row; a project adds those of its own."""
        return {"user_id": account.pk}

    def save(self, avatar: AbstractAvatar, fields: dict[str, Any]) -> None:
        """Save the row."""
        for name, value in fields.items():
            setattr(avatar, name, value)
        avatar.save()

    def record_event(self, account: AbstractBaseUser) -> None:
        """Record that the picture changed."""
        audit.record(
            "users.avatar_set",
            actor=self.input.user,
            subject=account,
            client=self.input.client,
        )

    def announce(self, account: AbstractBaseUser) -> None:
        """Send ``account_updated`` after the commit, so receivers see the saved row."""
        announce(account_updated, type(account), user=account, fields=["avatar"])

    def refused(self, error: DomainError) -> None:
        self.delete_files()

    def delete_files(self) -> None:
        """Delete the files that no row has got."""
        if self.saved is not None:
            avatar_files.discard(self.saved.leftover)
