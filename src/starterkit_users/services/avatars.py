"""The avatars of users: whether there are any, and their URLs."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model

from starterkit_core.db.databases import rows_of
from starterkit_users.conf import conf
from starterkit_users.models import AbstractAvatar, avatar_model
from starterkit_users.services import avatar_files, pictures

ATTACHED = "_starterkit_avatar"


def are_offered() -> bool:
    """Return whether users have avatars: Pillow is installed, and there are sizes."""
    return bool(conf.AVATAR_SIZES) and pictures.can_be_made()


def find(user: Model) -> AbstractAvatar | None:
    """Return the avatar of a user, or None."""
    return rows_of(avatar_model()).filter(user_id=user.pk).first()


def attach(users: Iterable[Model]) -> None:
    """Read the avatars of all these users at once, for ``urls_of()``."""
    found: dict[Any, AbstractAvatar] = {}
    if are_offered():
        rows = rows_of(avatar_model()).filter(user_id__in=[user.pk for user in users])
        found = {row.user_id: row for row in rows}
    for user in users:
        vars(user)[ATTACHED] = found.get(user.pk)


def urls_of(user: Any) -> dict[str, str] | None:
    """Return the URL of each picture, by its side in pixels; None without an avatar.

    That is a query unless the avatar was attached.
    """
    known = vars(user)
    avatar = known[ATTACHED] if ATTACHED in known else find(user)
    if avatar is None:
        return None
    storage = avatar_files.storage()
    if not avatar_files.has_urls(storage):
        return None
    return {size: storage.url(name) for size, name in avatar.files.items()}
