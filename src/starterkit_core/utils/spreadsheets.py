"""Tables as CSV (RFC 4180) that programs for spreadsheets open without running them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Any

FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001  # what some programs read alike
"""How a cell begins that such a program may run as a formula (OWASP, CSV injection)."""

NEUTRAL = "'"
"""What stands before such a cell, and makes it a text."""

AT_ONCE = 500
"""Rows that are written together."""


def neutral(cell: str) -> str:
    """Return the text of a cell such that no program runs it."""
    is_formula = cell.lstrip(" ").startswith(FORMULA)
    return f"{NEUTRAL}{cell}" if is_formula else cell


def original(cell: str) -> str:
    """Return the text of which ``neutral()`` made this cell."""
    rest = cell.removeprefix(NEUTRAL)
    return rest if rest != cell and neutral(rest) == cell else cell


def written(names: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Yield a table as CSV in UTF-8, some rows at a time; the names come first."""
    left, table = iter(rows), StringIO()
    writer: Any = csv.writer(table)
    writer.writerow(names)
    while True:
        some = [*islice(left, AT_ONCE)]
        writer.writerows([[neutral(cell) for cell in row] for row in some])
        yield table.getvalue().encode()
        if len(some) < AT_ONCE:
            return
        table.seek(0)
        table.truncate()
