"""Parses a JSON body: bounded, strict, and only JSON."""

import json
import re
from collections.abc import Mapping
from itertools import islice
from math import isfinite
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from starterkit_core.conf import conf
from starterkit_core.http.exceptions import BodyTooLarge
from starterkit_core.utils.secrets import Secret, SecretBytes, hide_named

SIGNS = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[\]{},]', re.DOTALL)
"""A text, or a sign of a list or an object outside of texts."""

SIGNS_OF_A_VALUE = 5

MOST_DIGITS = 310
"""Longest integer: a double cannot hold one that is longer (RFC 7493, section 2.2)."""


CHUNK = 64 * 1024
"""Bytes of a file that are read together."""

IN_MEMORY = 1024 * 1024
"""Bytes of a file up to which it stays in memory; a longer one is on the disk."""


class TooManyValues(ParseError):
    """The body has more than ``MAX_JSON_VALUES``."""

    default_detail = _("The request body has too many values.")


class JSONParser(BaseParser):
    """Parses a JSON object of bounded size, depth and number of values (RFC 8259).

    Text of a secret name, such as ``new_password``, is a ``Secret`` from here on.

    Duplicate names, NaN, Infinity, integers that no double holds and half of a
    surrogate pair are refused (RFC 7493, sections 2.1 to 2.3), and so is NUL in a name:
    what is read can be stored, and repeated in an answer.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = SecretBytes(stream.read(conf.MAX_BODY_BYTES + 1))
        if len(raw) > conf.MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            return read_json(raw)
        except (ValueError, RecursionError) as error:
            message = _("The request body is not valid JSON.")
            raise ParseError(message) from error


class CsvParser(BaseParser):
    """Saves a body of CSV to a temporary file; the use case reads it row by row.

    No other process can open the file. The view closes it, see ``uploaded()``.
    """

    media_type = "text/csv"

    most_bytes = 10_000_000
    """Longest file; a longer one is refused before it is read, if it says so."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the file, from its beginning.

        Raises:
            BodyTooLarge: it is longer than ``most_bytes``.
        """
        request = (parser_context or {})["request"]
        if int(request.META.get("CONTENT_LENGTH") or 0) > self.most_bytes:
            raise BodyTooLarge
        file: Any = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # the view closes it
        try:
            self._copy(stream, file)
        except BaseException:
            file.close()
            raise
        return file

    def _copy(self, stream: IO[bytes], file: IO[bytes]) -> None:
        while chunk := stream.read(CHUNK):
            file.write(chunk)
            if file.tell() > self.most_bytes:
                raise BodyTooLarge
        file.seek(0)


def read_json(raw: bytes) -> Any:
    """Return what ``raw`` says, which has a bounded number of values.

    Raises:
        ValueError, RecursionError: it is not valid JSON.
        ParseError: it has too many values or levels, or a name that is not valid.
    """
    _check_signs(raw, conf.MAX_JSON_VALUES)
    data = json.loads(Secret(raw.decode()), **HOOKS)
    _check_shape(data, conf.MAX_JSON_DEPTH, _Budget(conf.MAX_JSON_VALUES))
    if b"\\u" in raw:  # the only way in which half of a surrogate pair is written
        json.dumps(data, ensure_ascii=False).encode()
    return data


def _check_signs(raw: bytes, values: int) -> None:
    """Refuse what surely has more values, before any of them is built.

    A value has a name, a text, a comma, and both signs around its members at most.
    """
    most = SIGNS_OF_A_VALUE * (values + 1)
    if len(raw) <= most:
        return
    if any(True for _sign in islice(SIGNS.finditer(raw), most, None)):
        raise TooManyValues


class _Budget:
    """How many more values a body may have."""

    def __init__(self, values: int) -> None:
        self.values = values

    def spend(self, values: int) -> None:
        self.values -= values
        if self.values < 0:
            raise TooManyValues


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _integer(text: str) -> int:
    if len(text) > MOST_DIGITS:  # int() takes a time that grows with their square
        raise ValueError(text)
    return int(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(hide_named(pairs))
    if len(found) != len(pairs):
        message = _("A name stands twice in one object.")
        raise ParseError(message)
    if any("\x00" in name for name in found):
        message = _("A name has a NUL character.")
        raise ParseError(message)
    return found


HOOKS: Mapping[str, Any] = {
    "object_pairs_hook": _unique,
    "parse_constant": _refuse,
    "parse_float": _finite,
    "parse_int": _integer,
}


def _check_shape(data: Any, depth: int, budget: _Budget) -> None:
    if not isinstance(data, (dict, list)):
        return
    if depth == 0:
        message = _("The request body is nested too deeply.")
        raise ParseError(message)
    budget.spend(len(data))  # before any of them is looked at
    for item in data.values() if isinstance(data, dict) else data:
        _check_shape(item, depth - 1, budget)
