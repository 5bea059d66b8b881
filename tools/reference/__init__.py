"""Writes docs/reference from the code: ``python -m tools.reference``.

What a module says about its errors and settings stands once, beside the code, and
``tests/test_docs.py`` fails when a page is older. The checks are explained by hand;
``tests/test_queries.py`` counts what ``queries.md`` says.
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
