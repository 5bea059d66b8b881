"""Files in the repository that a test compares, or writes when asked to."""

import os
from difflib import unified_diff
from pathlib import Path

import pytest

COMMAND = (
    "UPDATE_SNAPSHOTS=1 python3 dev.py test -n0 "
    "tests/test_docs.py tests/test_openapi.py tests/test_public_api.py "
    "tests/test_queries.py"
)


def compare(file: Path, found: str) -> None:
    """Fail with the difference between the file and what was found now."""
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(found, "utf-8")
    kept = file.read_text("utf-8") if file.exists() else ""
    lines = unified_diff(
        kept.splitlines(), found.splitlines(), "committed", "found", lineterm=""
    )
    difference = "\n".join(lines)
    if difference:
        pytest.fail(f"{difference}\n\nIf this is meant, run:\n{COMMAND}", pytrace=False)
