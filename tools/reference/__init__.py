"""Writes docs/reference from the code: ``python -m tools.reference``.

Errors and settings are documented once, in the code, and ``tests/test_docs.py`` fails
if a page is out of date. The page of the checks is written by hand;
``tests/test_queries.py`` verifies the numbers in ``queries.md``.
"""

from pathlib import Path

from tools.reference import errors, settings

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference"


def pages() -> dict[str, str]:
    """Return the content of each page, by file name."""
    return {
        "errors.md": errors.page(),
        "settings.md": settings.page(),
    }


def write() -> None:
    """Write all pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, content in pages().items():
        (FOLDER / name).write_text(content, "utf-8")
