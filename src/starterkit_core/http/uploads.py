"""Reads a file that a client uploads: of bounded size, in memory, and by no name.

What the client says of the file, its name and its type, is not believed, so nothing of
it is passed on.
"""

from abc import abstractmethod
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from starterkit_core.http.exceptions import BodyTooLarge

ROOM = 10_000
"""Bytes that a body may have beside its files: boundaries, headers and fields."""


class UploadParser(BaseParser):
    """Parses ``multipart/form-data`` of bounded size (RFC 7578), for one endpoint.

    What is longer is refused before it is read, if its length is known, and otherwise
    as soon as it is. Django's own limits of fields and files hold as well. Files never
    touch the disk.
    """

    media_type = "multipart/form-data"

    @abstractmethod
    def max_bytes(self) -> int:
        """Return the most bytes of all files together."""

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return texts and files by the names of their fields.

        Raises:
            BodyTooLarge: there are more bytes than ``max_bytes()``.
            ParseError: it is malformed.
        """
        meta = (parser_context or {})["request"].META
        most = self.max_bytes()
        if _length(meta) > most + ROOM:
            raise BodyTooLarge
        handlers = [_BoundedUpload(most)]
        try:
            parts = MultiPartParser(
                {**meta, "CONTENT_TYPE": media_type}, stream, handlers, "utf-8"
            )
            texts, files = parts.parse()
        except MultiPartParserError as error:
            message = _("The request body is not valid multipart/form-data.")
            raise ParseError(message) from error
        return {**texts.dict(), **files.dict()}


class _BoundedUpload(FileUploadHandler):
    """Keeps files in memory, and refuses more bytes than allowed."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.left = most

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = BytesIO()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.left -= len(raw_data)
        if self.left < 0:
            raise BodyTooLarge
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.file.seek(0)
        return InMemoryUploadedFile(
            self.file, self.field_name, "upload", None, file_size, None
        )


class UploadField(serializers.FileField):
    """An uploaded file, as bytes; at least one."""

    # Of drf-spectacular, which is imported only to build a document. Its own mapping of
    # a file depends on COMPONENT_SPLIT_REQUEST, a setting of the project.
    _spectacular_annotation = {"field": {"type": "string", "format": "binary"}}

    def to_internal_value(self, data: Any) -> bytes:  # type: ignore[override]  # no file
        if not isinstance(data, UploadedFile):
            self.fail("invalid")
        if not data.size:
            self.fail("empty")
        return bytes(data.read())


def _length(meta: Mapping[str, Any]) -> int:
    try:
        return int(meta.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
