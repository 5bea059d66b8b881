"""The files of exports: how they are made, handed out once, and deleted."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from io import TextIOWrapper
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files import File
from django.core.files.storage import Storage
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.text import get_valid_filename

from starterkit_core.db.databases import after_commit
from starterkit_core.ports import personal_data
from starterkit_users.conf import export_storage
from starterkit_users.models import DataExport

FOLDER = "exports"
NO_STORAGE = "STORAGES has no entry for the files of exports: see EXPORT_STORAGE."


def new_name(export: DataExport) -> str:
    """Return the name of a file for ``export`` that no other attempt has."""
    return f"{FOLDER}/{export.pk}-{uuid4()}.zip"


def save(name: str, user: AbstractBaseUser) -> None:
    """Save the file with all data about ``user``.

    It is made on this machine's disk, in a file that no other process can open, and
    copied from there: at no time is the whole of it in memory.
    """
    with TemporaryFile() as made:
        write(made, user)
        made.seek(0)
        _storage().save(name, File(made))


def write(target: IO[bytes], user: AbstractBaseUser) -> None:
    """Write a zip with a JSON file and a folder of files for each provider."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for provider in personal_data.providers():
            name = provider.name
            with _entry(archive, f"{name}.json") as entry:
                _write_json(entry, provider.export(user))
            for file_name, content in personal_data.files_of(provider, user):
                path = f"{name}/{get_valid_filename(file_name)}"
                with content, _entry(archive, path) as entry:
                    copyfileobj(content, entry)


def delete(name: str) -> None:
    """Delete a file, if there is one."""
    if name:
        _storage().delete(name)


def delete_after_commit(names: Iterable[str]) -> None:
    """Delete these files once the transaction is committed."""
    for name in names:
        after_commit(partial(delete, name))


class OneTimeFile:
    """The open file of an export, which is deleted when it is closed.

    A server closes it when it has sent it, and also when the client went away.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._file = _storage().open(name)
        self.size = self._file.size
        """In bytes."""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        content: bytes = self._file.read(size)
        return content

    def close(self) -> None:
        """Close the file and delete it."""
        self._file.close()
        delete(self._name)


@contextmanager
def _entry(archive: ZipFile, name: str) -> Iterator[IO[bytes]]:
    info = ZipInfo(name, timezone.now().timetuple()[:6])
    info.compress_type = ZIP_DEFLATED
    # Whether it has more than 2 GiB is not known before it is written.
    with archive.open(info, "w", force_zip64=True) as entry:
        yield entry


def _write_json(entry: IO[bytes], data: Any) -> None:
    text = TextIOWrapper(entry, "utf-8")
    json.dump(data, text, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    text.write("\n")
    text.detach()


def _storage() -> Storage:
    storage = export_storage()
    if storage is None:
        raise LookupError(NO_STORAGE)
    return storage
