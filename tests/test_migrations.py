"""Migrations and system checks of whole projects, each in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FROM_NOTHING = """
import django
from django.core.management import call_command

django.setup()
call_command("check", fail_level="WARNING")
call_command("makemigrations", check_changes=True, dry_run=True)
call_command("migrate", verbosity=0)
"""

DEPLOYED = """
import django
from django.core.management import call_command

django.setup()
call_command("check", deploy=True, fail_level="WARNING")
"""

PROJECTS = {
    "our models": "tests.settings",
    "every model swapped": "tests.settings_swapped",
    "the user model of Django": "tests.settings_auth_user",
    "the example": "example_project.settings",
}


def run(script: str, settings: str, folder: Path, **environment: str) -> str:
    """Run ``script`` in a project with a new database; return what it complains of."""
    paths = [str(ROOT / "src"), str(ROOT)] if _from_sources() else [str(ROOT)]
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-c", script],
        cwd=folder,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'new.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": settings,
            "MAIL_DIR": str(folder),
            "PYTHONPATH": os.pathsep.join(paths),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    return result.stdout * bool(result.returncode) + result.stderr


def _from_sources() -> bool:
    """Say whether these tests run on the source tree, rather than on wheels."""
    return "STARTERKIT_WHEELS" not in os.environ


@pytest.mark.parametrize("settings", PROJECTS.values(), ids=PROJECTS)
def test_a_project_is_built_from_nothing_and_nothing_is_left_to_migrate(
    settings, tmp_path
):
    assert run(FROM_NOTHING, settings, tmp_path) == ""


def test_the_example_may_be_deployed(tmp_path):
    production = {
        "DEBUG": "no",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "ALLOWED_HOSTS": "api.example.com",
    }

    assert run(DEPLOYED, "example_project.settings", tmp_path, **production) == ""
