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


class JSONParser(BaseParser):
    """Parses a JSON object of bounded size and depth (RFC 8259).

    Duplicate names, NaN and Infinity are refused.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(conf.MAX_BODY_BYTES + 1)
        if len(raw) > conf.MAX_BODY_BYTES:
            raise BodyTooLarge
        try:
            data = json.loads(
                raw.decode(),
                parse_constant=_refuse,
                parse_float=_finite,
                object_pairs_hook=_unique,
            )
        except (ValueError, RecursionError) as error:
            message = _("The request body is not valid JSON.")
            raise ParseError(message) from error
        _check_depth(data, conf.MAX_JSON_DEPTH)
        return data


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


def _check_depth(data: Any, depth: int) -> None:
    if not isinstance(data, (dict, list)):
        return
    if depth == 0:
        message = _("The request body is nested too deeply.")
        raise ParseError(message)
    for item in data.values() if isinstance(data, dict) else data:
        _check_depth(item, depth - 1)
