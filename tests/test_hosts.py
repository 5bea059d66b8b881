"""Host projects as they really are, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOSTS = sorted(file.parent.name for file in ROOT.glob("tests/hosts/*/settings.py"))

pytestmark = [
    pytest.mark.host,
    pytest.mark.skipif(
        os.environ.get("DJANGO_SETTINGS_MODULE") != "tests.settings",
        reason="the hosts bring their own settings: once is enough",
    ),
]


@pytest.mark.parametrize("host", HOSTS)
def test_host(host):
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "--no-migrations"]
    command += [f"--ds=tests.hosts.{host}.settings", f"tests/hosts/{host}"]

    done = subprocess.run(  # noqa: S603  # our own command
        command,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
