"""Reads uploaded CSV: row by row, so that its length costs no memory."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import TextIOWrapper
from typing import IO, Any

from starterkit_core.utils.spreadsheets import original
from starterkit_users.errors import FileMalformed, FileNotText

CHUNK = 64 * 1024
"""Bytes that are looked at together."""

LONGEST_LINE = 100_000
"""Characters of a line; a longer one is no row of a table of users."""

DELIMITERS = ",;\t"
"""What may stand between cells; the one that the first line has most often does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    """What is known of a file before its rows are read."""

    digest: str
    """SHA-256 of its bytes, in hexadecimal."""

    lines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row, and the number of its first line in the file, counted from 1."""

    line: int
    cells: Sequence[str]


def inspect(file: IO[bytes]) -> Inspected:
    """Read a file once, and go back to its beginning.

    Raises:
        FileNotText: it is not UTF-8, with or without a mark of the byte order, or it
            has NUL characters.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    digest, lines, last = sha256(), 0, b"\n"
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
            if b"\0" in chunk:
                raise FileNotText
            digest.update(chunk)
            lines, last = lines + chunk.count(b"\n"), chunk
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileNotText from error
    file.seek(0)
    is_open = not last.endswith(b"\n")
    return Inspected(digest=digest.hexdigest(), lines=lines + is_open)


@contextmanager
def rows_of(file: IO[bytes]) -> Iterator[Iterator[Row]]:
    """Open the rows of a file, the first line among them; empty ones are left out.

    Cells are texts, never formulas; an apostrophe that an export put before one is
    taken away.

    Raises:
        FileMalformed: while the rows are read; it is no CSV from there on.
    """
    text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield _rows(text)
    finally:
        text.detach()  # or it would close the file


def _rows(text: TextIOWrapper) -> Iterator[Row]:
    first = text.readline(LONGEST_LINE)
    delimiter = max(DELIMITERS, key=first.count)
    reader: Any = csv.reader(_lines(first, text), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(cells):
                yield Row(line=line, cells=[original(cell.strip()) for cell in cells])
            line = reader.line_num + 1
    except csv.Error as error:
        raise FileMalformed(facts={"line": line}) from error


def _lines(first: str, text: TextIOWrapper) -> Iterator[str]:
    line = first
    while line:
        if len(line) >= LONGEST_LINE:
            raise csv.Error
        yield line
        line = text.readline(LONGEST_LINE)


def header_of(file: IO[bytes]) -> Sequence[str]:
    """Return the cells of the first row, ``[]`` if there is none; then go back.

    Raises:
        FileMalformed: it is no CSV.
    """
    with rows_of(file) as rows:
        first = next(rows, None)
    file.seek(0)
    return first.cells if first else []
