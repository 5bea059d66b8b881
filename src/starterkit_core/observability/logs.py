"""Formatters of log lines: JSON for programs, plain text for people.

Both add the ids of the request or task, and hide secrets and addresses. No text of a
user can begin a line of its own or move the cursor of a terminal.
"""

import json
import logging
import math
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import PurePath
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from starterkit_core.observability.context import IDS, NO_CONTEXT, current, noted_on
from starterkit_core.observability.otel import current_trace
from starterkit_core.utils.known_secrets import secrets_of, secrets_of_path
from starterkit_core.utils.redaction import CUT, redacted, redacted_text

LONGEST_MESSAGE = 4_000
"""Most characters of a message."""

LONGEST_EXCEPTION = 8_000
"""Most characters of a traceback; what is cut is in its middle."""

LONGEST_VALUE = 1_000
"""Most characters of a text in ``extra``."""

MOST_VALUES = 50
"""Most items of a list or mapping in ``extra``, and of ``extra`` itself."""

DEEPEST = 4
"""Most levels of a value in ``extra``."""

LONGEST_EXTRA = 8_000
"""Most characters of all of ``extra`` as JSON."""

UNREADABLE = "[unreadable]"

ENCODE = json.JSONEncoder(ensure_ascii=True, check_circular=False).encode
"""Values are plain, so none contains itself."""

ROOM = 40_000
"""Most characters of a traceback that are searched for secrets."""

STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "asctime",
    "message",
    "taskName",
}
"""What is on every record, so it is not of ``extra``; Python 3.12 adds ``taskName``.
"""

FORGING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters, line separators, bidirectional controls, lone surrogates."""

TEXTUAL = (UUID, Decimal, date, time, timedelta, PurePath, Promise)
"""Classes whose ``str()`` says what a value is, and no secret."""


class _Formatter(logging.Formatter):
    """Returns a line for any record, also for one that cannot be read."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; it never raises."""
        try:
            return self.line(record)
        except Exception:  # noqa: BLE001  # a value or an error may raise anything
            return self.line(logging.makeLogRecord(_bare(record)))

    def line(self, record: logging.LogRecord) -> str:
        """Return the line of ``record``."""
        raise NotImplementedError


class JSONFormatter(_Formatter):
    """Writes one JSON object a line, in ASCII.

    Its members are ``time`` (UTC, ISO 8601, milliseconds), ``level``, ``logger`` and
    ``message``; where they are known ``request_id``, ``trace_id``, ``user_id`` and
    ``exception``; and what the call has in ``extra``.
    """

    def line(self, record: logging.LogRecord) -> str:
        """Return the line of ``record``."""
        members = _members(record)
        extra = _extra_of(record)
        line = _as_json(members | extra | members)
        if len(line) > LONGEST_EXTRA:
            rest = {name: it for name, it in extra.items() if name not in members}
            if len(_as_json(rest)) > LONGEST_EXTRA:
                line = _as_json(members | {"extra": CUT})
        return line


class PlainFormatter(_Formatter):
    """Writes a line that people read, and a traceback below it, indented."""

    def line(self, record: logging.LogRecord) -> str:
        """Return the line of ``record``."""
        members = _members(record)
        shown = escaped(members["message"])
        ids = {name: members[name] for name in IDS if name in members}
        facts = "".join(
            f" {escaped(name)}={escaped(str(value))}"
            for name, value in (_extra_of(record) | ids).items()
            if str(value) not in shown
        )
        begin = f"{members['time']} {members['level']:<7} {escaped(members['logger'])}"
        line = f"{begin}: {shown}{_cut(facts, LONGEST_EXTRA)}"
        return "\n    ".join([line, *_lines(members.get("exception", ""))])


def escaped(text: str) -> str:
    r"""Return ``text`` with ``\n``, ``\x1b`` and the like in place of what forges."""
    return FORGING.sub(lambda found: ascii(found[0])[1:-1], text)


def _bare(record: logging.LogRecord) -> dict[str, Any]:
    """Return when and where it was logged, and no value."""
    names = ("created", "levelname", "levelno", "name")
    return {name: getattr(record, name) for name in names} | {"msg": UNREADABLE}


def _members(record: logging.LogRecord) -> dict[str, Any]:
    """Return what each line has, redacted and cut."""
    error = record.exc_info[1] if record.exc_info else None
    known = secrets_of(error) if error else []
    known += _secrets_of_request(record)
    moment = datetime.fromtimestamp(record.created, UTC)
    members = {
        "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname,
        "logger": record.name,
        "message": _message_of(record, known),
        **_ids_of(record),
    }
    exception = _exception_of(record, known)
    return members | {"exception": exception} if exception else members


def _secrets_of_request(record: logging.LogRecord) -> list[str]:
    """Return what is secret in the path, which Django says where it logs a request."""
    request = getattr(record, "request", None)
    return secrets_of_path(request) if hasattr(request, "resolver_match") else []


def _ids_of(record: logging.LogRecord) -> dict[str, str]:
    """Return the ids of the request or task that logs, or that the line is about."""
    context = current()
    if context is NO_CONTEXT:
        error = record.exc_info[1] if record.exc_info else None
        context = noted_on(error, getattr(record, "request", None))
    values = {name: getattr(context, name) for name in IDS}
    if context is NO_CONTEXT and (span := current_trace()):
        values["trace_id"] = span.trace_id  # of a command
    return {name: value for name, value in values.items() if value}


def _message_of(record: logging.LogRecord, known: list[str]) -> str:
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001  # as the format does not fit the arguments
        message = record.msg if isinstance(record.msg, str) else UNREADABLE
    message = redacted_text(message, known)
    return _cut(message, LONGEST_MESSAGE)


def _exception_of(record: logging.LogRecord, known: list[str]) -> str:
    text = record.exc_text or ""  # of a record that came through a queue
    if record.exc_info and record.exc_info[1]:
        text = "".join(traceback.format_exception(record.exc_info[1]))
    if record.stack_info:
        text = f"{text}\n{record.stack_info}" if text else record.stack_info
    shown = redacted_text(_middle_cut(text, ROOM), known)
    return _middle_cut(shown, LONGEST_EXCEPTION).rstrip()


def _extra_of(record: logging.LogRecord) -> dict[str, Any]:
    given = {name: it for name, it in vars(record).items() if name not in STANDARD}
    if not given:
        return given
    try:
        if hasattr(given.get("request"), "META"):
            del given["request"]  # Django's
        plain: dict[str, Any] = _plain(redacted(given))
    except Exception:  # noqa: BLE001  # a value may raise anything
        return {"extra": UNREADABLE}
    return plain


def _plain(value: Any, depth: int = 0) -> Any:
    """Return ``value`` as JSON can have it; of an object only its class."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _cut(value, LONGEST_VALUE)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, TEXTUAL):
        return _cut(str(value), LONGEST_VALUE)
    if not isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return f"<{type(value).__qualname__}>"
    return CUT if depth > DEEPEST else _plain_items(value, depth + 1)


def _plain_items(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {
            _cut(str(key), LONGEST_VALUE): _plain(item, depth)
            for key, item in _first(value.items())
        }
    return [_plain(item, depth) for item in _first(value)]


def _first(items: Any) -> Iterator[Any]:
    return (item for _, item in zip(range(MOST_VALUES), items, strict=False))


def _number(value: Any) -> Any:
    """Return a number that every reader of JSON takes, or text."""
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    return int(value) if value.bit_length() < 64 else hex(value)[:LONGEST_VALUE]  # noqa: PLR2004  # bits


def _as_json(value: Mapping[str, Any]) -> str:
    """Return JSON in ASCII; the module escapes all that is none, but not ``DEL``."""
    return ENCODE(value).replace("\x7f", "\\u007f")


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + CUT


def _middle_cut(text: str, limit: int) -> str:
    """Return the begin and the end of ``text``, where a traceback says what it is."""
    if len(text) <= limit:
        return text
    return f"{text[: limit // 4]}\n{CUT}\n{text[-(limit - limit // 4) :]}"


def _lines(text: str) -> list[str]:
    return [escaped(line) for line in text.split("\n")] if text else []
