"""The files of avatars: saved before their row, deleted after the commit that drops it.

Each file has a random name, so that its URL can be kept for ever by caches, and says
nothing about the user. A row of ``AvatarLeftover`` names the files that no avatar has,
or may have: what a crash leaves behind is deleted by ``manage.py starterkit purge``.
"""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models.signals import post_delete
from django.utils import timezone

from starterkit_core.db.databases import accounts_database, database_of, rows_of
from starterkit_core.db.expired import Expired
from starterkit_core.errors import ServiceUnavailable
from starterkit_core.ports import retention
from starterkit_core.utils.outages import is_new, summary_of
from starterkit_users.models import AvatarLeftover, avatar_model
from starterkit_users.services.pictures import EXTENSION, MEDIA_TYPE

logger = logging.getLogger("starterkit.users")

ALIASES = ("avatars", "starterkit_public", "default")
"""The entries of ``STORAGES`` that are looked for."""

FOLDER = "avatars"

PENDING = timedelta(hours=1)
"""How long files may wait for their row; a request has ended by then."""

RETRY_AFTER = 30
"""``Retry-After`` in seconds when the storage is down."""


def alias() -> str:
    """Return the entry of ``STORAGES`` that has the files."""
    return next((it for it in ALIASES if it in storages.backends), ALIASES[-1])


def storage() -> Storage:
    """Return the storage that has the files."""
    return storages[alias()]


@dataclass(frozen=True, slots=True)
class SavedFiles:
    """New files, which are leftovers until the row of an avatar has them."""

    leftover: AvatarLeftover
    by_size: dict[str, str]
    """The name of each file, by the side of its picture in pixels."""


def save(pictures: Mapping[int, bytes]) -> SavedFiles:
    """Save a file for each picture, named in a row of leftovers until it is kept.

    Raises:
        ServiceUnavailable: the storage is down.
    """
    stem = token_hex(16)
    names = [f"{FOLDER}/{stem[:2]}/{stem}-{size}.{EXTENSION}" for size in pictures]
    leftover = AvatarLeftover(names=[*names])
    leftover.save(using=accounts_database())
    try:
        for number, picture in enumerate(pictures.values()):
            leftover.names[number] = storage().save(names[number], _file_of(picture))
    except Exception as error:
        discard(leftover)
        raise ServiceUnavailable(retry_after=RETRY_AFTER) from error
    if leftover.names != names:  # a storage may choose names of its own
        leftover.save(using=accounts_database())
    sizes = map(str, pictures)
    return SavedFiles(leftover, dict(zip(sizes, leftover.names, strict=True)))


def keep(leftover: AvatarLeftover) -> None:
    """Forget in the open transaction that an avatar's new files were leftovers."""
    rows_of(AvatarLeftover).filter(pk=leftover.pk).delete()


def drop(names: Collection[str], using: str | None = None) -> None:
    """Delete files once the open transaction is committed."""
    if not names:
        return
    database = using or accounts_database()
    leftover = AvatarLeftover(names=[*names])
    leftover.save(using=database)
    transaction.on_commit(lambda: discard(leftover), using=database, robust=True)


def discard(leftover: AvatarLeftover) -> None:
    """Delete files that no avatar has, now; if that fails, a purge does it later."""
    if _deletes(leftover):
        rows_of(AvatarLeftover).filter(pk=leftover.pk).delete()


def _deletes(leftover: AvatarLeftover) -> bool:
    """Delete the files, and return whether that went well."""
    try:
        for name in leftover.names:
            storage().delete(name)
    except Exception as error:  # noqa: BLE001  # every storage has errors of its own
        if is_new(error, "avatars"):
            logger.warning("A picture could not be deleted: %s", summary_of(error))
        return False
    return True


class LeftoverFiles(Expired):
    """Leftovers whose files are deleted with them; those that fail are kept."""

    def delete(self, keys: list[Any]) -> None:
        """Delete the files of the rows with these ids, and then the rows."""
        rows = rows_of(AvatarLeftover)
        gone = [row.pk for row in rows.filter(pk__in=keys) if _deletes(row)]
        rows.filter(pk__in=gone).delete()


def expired() -> list[Expired]:
    """Return the leftovers of requests that have ended."""
    moment = timezone.now() - PENDING
    return [LeftoverFiles.since("avatar files", rows_of(AvatarLeftover), moment)]


def forget_deleted(sender: Any, instance: Any, using: str, **kwargs: Any) -> None:
    """Delete the files of an avatar whose row is deleted, also by a cascade."""
    drop(instance.files.values(), database_of(instance, using))


def register() -> None:
    """Register the leftovers at core's ``retention`` port, and watch the rows.

    A proxy of the model in force is a sender of its own.
    """
    retention.register("starterkit_users.avatars", expired)
    name = "starterkit_users.avatar_files"
    for model in apps.get_models():
        if model._meta.concrete_model is avatar_model():
            post_delete.connect(forget_deleted, sender=model, dispatch_uid=name)


def has_urls(found: Storage) -> bool:
    """Return whether clients can fetch the files, as far as can be told at once."""
    return getattr(found, "base_url", "") is not None


def _file_of(picture: bytes) -> "ContentFile[bytes]":
    file = ContentFile(picture)
    # What django-storages tells the service; guessed by the name, it would depend on
    # the version of Python.
    file.content_type = MEDIA_TYPE  # type: ignore[attr-defined]  # as of uploads
    return file
