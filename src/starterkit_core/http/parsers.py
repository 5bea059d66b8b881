"""Parses a JSON body: bounded, strict, and only JSON."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from starterkit_core.conf import conf
from starterkit_core.http.exceptions import BodyTooLarge
from starterkit_core.utils.secrets import Secret, SecretBytes, hide_named


class JSONParser(BaseParser):
    """Parses a JSON object of bounded size, depth and number of values (RFC 8259).

    Text of a secret name, such as ``new_password``, is a ``Secret`` from here on.

    Duplicate names, NaN, Infinity and half of a surrogate pair are refused (RFC 7493,
    sections 2.1 to 2.3): what is read can be stored, and repeated in an answer.
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
            return _read(raw)
        except (ValueError, RecursionError) as error:
            message = _("The request body is not valid JSON.")
            raise ParseError(message) from error


def _read(raw: bytes) -> Any:
    objects = _Budget(conf.MAX_JSON_VALUES)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        objects.spend(len(pairs) or 1)  # while parsing, before a million are built
        return _unique(hide_named(pairs))

    hooks: dict[str, Any] = {"parse_constant": _refuse, "parse_float": _finite}
    data = json.loads(Secret(raw.decode()), **hooks, object_pairs_hook=unique)
    _check_shape(data, conf.MAX_JSON_DEPTH, _Budget(conf.MAX_JSON_VALUES))
    if b"\\u" in raw:  # the only way in which half of a surrogate pair is written
        json.dumps(data, ensure_ascii=False).encode()
    return data


class _Budget:
    """How many more values a body may have."""

    def __init__(self, values: int) -> None:
        self.values = values

    def spend(self, values: int) -> None:
        self.values -= values
        if self.values < 0:
            message = _("The request body has too many values.")
            raise ParseError(message)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        message = _("A name stands twice in one object.")
        raise ParseError(message)
    return found


def _check_shape(data: Any, depth: int, budget: _Budget) -> None:
    if not isinstance(data, (dict, list)):
        return
    if depth == 0:
        message = _("The request body is nested too deeply.")
        raise ParseError(message)
    budget.spend(len(data))  # before any of them is looked at
    for item in data.values() if isinstance(data, dict) else data:
        _check_shape(item, depth - 1, budget)
