"""A log line: one line whatever is logged, with ids, without secrets."""

import json
import logging
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from starterkit_core import presets
from starterkit_core.observability.context import Context, entered, trace_of
from starterkit_core.observability.logs import (
    JSONFormatter,
    PlainFormatter,
)

CANARY = "canary-8c1f"
REQUEST = Context(
    request_id="request-1",
    trace=trace_of("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"),
    known_user_id="7",
)
FORGED = "a\r\nCRITICAL root all is lost\x1b[31m"
FORGED += "\x00\x7f\x85\x9b\u2028\u2029\u202e\u2066\ud800"


class Loud:
    """Raises whatever is done with it."""

    def __str__(self):
        raise RuntimeError("No text.")

    __repr__ = __str__


class Louder:
    """Raises even if it is asked for an attribute."""

    def __getattribute__(self, name):
        raise RuntimeError("No attribute.")


class Odd(dict):
    """A mapping that cannot be read."""

    def items(self):
        raise RuntimeError("No items.")


def record_of(message="Hello.", *args, exc_info=None, **extra):
    record = logging.LogRecord(
        "a.logger", logging.INFO, "a.py", 1, message, args, exc_info
    )
    vars(record).update(extra)
    return record


def json_of(*args, **kwargs):
    line = JSONFormatter().format(record_of(*args, **kwargs))
    assert line.isascii()
    assert line.isprintable()
    return json.loads(line)


def failure(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


def test_a_line_has_time_level_logger_message_and_ids():
    record = record_of("%s things", 3, thing_id=UUID(int=1), count=2)
    record.created = datetime(2026, 11, 26, 17, 0, 1, 250_000, tzinfo=UTC).timestamp()

    with entered(REQUEST):
        line = JSONFormatter().format(record)

    assert json.loads(line) == {
        "time": "2026-11-26T17:00:01.250Z",
        "level": "INFO",
        "logger": "a.logger",
        "message": "3 things",
        "request_id": "request-1",
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "user_id": "7",
        "thing_id": "00000000-0000-0000-0000-000000000001",
        "count": 2,
    }


def test_what_is_known_of_the_request_wins_over_extra():
    with entered(REQUEST):
        shown = json_of(request_id="request-2", level="none")

    assert (shown["request_id"], shown["level"]) == ("request-1", "INFO")
    assert json_of(request_id="request-2")["request_id"] == "request-2"


@pytest.mark.parametrize("formatter", [JSONFormatter(), PlainFormatter()])
@pytest.mark.parametrize(
    "record",
    [
        record_of(FORGED),
        record_of("%s", FORGED),
        record_of(name_of_it=FORGED, **{FORGED: {FORGED: [FORGED]}}),
        logging.LogRecord(FORGED, logging.INFO, "a.py", 1, "Hello.", (), None),
    ],
)
def test_no_text_forges_a_line(formatter, record):
    line = formatter.format(record)

    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_traceback_is_one_member_of_a_json_line():
    shown = json_of(exc_info=failure(ValueError(FORGED)))

    assert shown["exception"].startswith("Traceback (most recent call last):")
    assert "ValueError: a\r\nCRITICAL" in shown["exception"]


def test_each_line_of_a_plain_traceback_is_indented():
    record = record_of(exc_info=failure(ValueError(FORGED)))

    first, *others = PlainFormatter().format(record).split("\n")

    assert first.endswith("Hello.")
    assert all(line.startswith("    ") and line.isprintable() for line in others)
    assert any("CRITICAL root all is lost\\x1b[31m" in line for line in others)


def test_a_plain_line_shows_ids_and_extra_but_nothing_twice():
    with entered(REQUEST):
        line = PlainFormatter().format(record_of("Thing 12 is gone", thing=12, why="x"))

    assert "Thing 12 is gone why=x request_id=request-1 trace_id=0af7" in line
    assert "thing=12" not in line


@pytest.mark.parametrize("formatter", [JSONFormatter(), PlainFormatter()])
@pytest.mark.parametrize(
    "record",
    [
        record_of(password=CANARY),
        record_of(facts={"inner": [{"api_key": CANARY}]}),
        record_of(headers={"Authorization": f"Bearer {CANARY}"}),
        record_of("GET /?token=%s", CANARY),
        record_of("Sent to %s@example.com", CANARY),
        record_of(address=f"{CANARY}@example.com"),
        record_of(exc_info=failure(ValueError(f"password={CANARY}"))),
        record_of(stack_info=f"password='{CANARY}'"),
    ],
)
def test_shows_no_secret_and_no_address(formatter, record):
    assert CANARY not in formatter.format(record)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02 00:00:00+00:00"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (2**70, hex(2**70)),
        pytest.param(10**5000, hex(10**5000)[:1000], id="too long for str()"),
        (True, True),
        (None, None),
        ({1: {2: 3}}, {"1": {"2": 3}}),
        ((1, 2), [1, 2]),
        (b"bytes", "bytes"),
        (Loud(), "<Loud>"),
        (Loud, "<type>"),
        ([Loud()], ["<Loud>"]),
        ("x" * 5000, "x" * 1000 + "[cut]"),
        (["x"] * 60, ["x"] * 50),
        ({"a": {"b": {"c": {"d": {"e": 1}}}}}, {"a": {"b": {"c": {"d": "[cut]"}}}}),
    ],
)
def test_every_value_of_extra_becomes_json(value, shown):
    assert json_of(value=value)["value"] == shown


def test_a_value_that_contains_itself_ends():
    loop = {}
    loop["loop"] = loop

    assert json_of(value=loop)["value"]


def test_a_value_that_cannot_be_read_leaves_the_message():
    assert json_of(value=Louder())["message"] == "Hello."


@pytest.mark.parametrize("formatter", [JSONFormatter(), PlainFormatter()])
@pytest.mark.parametrize(
    "record",
    [
        record_of("%s", Loud()),
        record_of("%d", "no number"),
        record_of("%s %s", "too few"),
        record_of(Loud()),
        record_of(value=Odd()),
        record_of(value=Louder()),
        record_of(exc_info=failure(RuntimeError(Loud()))),
        record_of(exc_info=(None, None, None)),
        record_of("x" * 100_000),
        record_of(exc_info=failure(ValueError("x" * 1_000_000))),
        record_of(**{f"n{number}": "x" * 1000 for number in range(50)}),
        record_of(**{"x" * 10_000: 1}),
    ],
)
def test_never_raises_and_is_never_long(formatter, record):
    assert 0 < len(formatter.format(record)) < 30_000


def test_a_long_traceback_keeps_its_begin_and_its_end():
    shown = json_of(exc_info=failure(ValueError("x" * 100_000 + " the end")))

    assert shown["exception"].startswith("Traceback")
    assert shown["exception"].endswith("the end")


@pytest.mark.parametrize("json", [True, False])
def test_the_preset_configures_every_logger_of_a_project(json):
    code = (
        "import logging, logging.config\n"
        "from django.utils.log import DEFAULT_LOGGING\n"
        "from django.conf import settings\n"
        "from starterkit_core import presets\n"
        "settings.configure()\n"
        "logging.config.dictConfig(DEFAULT_LOGGING)\n"
        f"logging.config.dictConfig(presets.logging(json={json}))\n"
        "names = ('a.b', 'django.security', 'django.server', 'django.request')\n"
        "for name in (*names, 'gunicorn.error', 'starterkit.tasks'):\n"
        "    logging.getLogger(name).error('failed')\n"
        "    logging.getLogger(name).debug('not shown')\n"
        "logging.getLogger('django.request').warning('not shown')\n"
        "logging.getLogger('django.server').info('not shown')\n"
        "logging.getLogger('gunicorn.access').info('not shown')\n"
        "logging.getLogger('gunicorn.http.wsgi').warning('not shown')\n"
        "logging.getLogger('starterkit.requests').info('shown')\n"
    )

    ran = subprocess.run(  # noqa: S603  # a program of ours
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    lines = ran.stderr.splitlines()
    assert len(lines) == 7, ran.stderr
    assert all(line.startswith('{"time": "' if json else "20") for line in lines)
    assert ran.stdout == ""


def test_the_preset_has_a_level():
    assert presets.logging(level="DEBUG")["root"]["level"] == "DEBUG"
