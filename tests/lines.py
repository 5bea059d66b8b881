"""What the log has in it, as a project writes it."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from starterkit_core.observability.logs import JSONFormatter


@contextmanager
def written(level: int = logging.INFO) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Yield a function that returns the members of each JSON line of all loggers."""
    with stream_of(JSONFormatter(), level=level) as stream:
        yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


@contextmanager
def stream_of(
    *formatters: logging.Formatter, level: int = logging.DEBUG
) -> Iterator[StringIO]:
    """Yield the lines of all loggers, by each formatter; Django's statements are not.

    These have the parameters in them, which only ``DEBUG`` logs.
    """
    stream, root = StringIO(), logging.getLogger()
    statements, former = logging.getLogger("django.db.backends"), root.level
    handlers = [logging.StreamHandler(stream) for _ in formatters]
    for handler, formatter in zip(handlers, formatters, strict=True):
        handler.setFormatter(formatter)
        root.addHandler(handler)
    root.setLevel(level)
    statements.disabled = True
    try:
        yield stream
    finally:
        statements.disabled = False
        root.setLevel(former)
        for handler in handlers:
            root.removeHandler(handler)
