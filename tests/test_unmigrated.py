"""``check`` in a database without tables, as in a pipeline before its first migrate."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EMPTY = "import os; os.environ.pop('DATABASE_URL', None)"  # SQLite, in memory
CHECK = "check --deploy --database default"


@pytest.mark.skipif(
    os.environ.get("DJANGO_SETTINGS_MODULE") != "tests.settings",
    reason="once is enough",
)
def test_an_empty_database_hides_no_other_result():
    code = (
        f"{EMPTY}; from django.core.management import execute_from_command_line as do"
    )

    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", f"{code}; do('manage.py {CHECK}'.split())"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )

    said = done.stdout + done.stderr
    assert "starterkit_core.I001" in said
    assert "starterkit_core.W004" in said
    assert "Traceback" not in said
