"""Runs ``cases.py`` with Django's test runner: in pytest, the plugin would help it."""

import os
import subprocess
import sys

from tests.processes import ROOT

COMMAND = [sys.executable, "-m", "django", "test", "tests.hosts.own_tests.cases"]


def test_tests_of_unittest_leave_nothing_to_each_other():
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])

    done = subprocess.run(  # noqa: S603  # our own command
        COMMAND,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Ran 8 tests" in done.stderr
