"""The example project, used as a host is used: with its own settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow

pytest.importorskip("environs", reason="the example reads its environment with it")


def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a person would, with warnings as errors."""
    return subprocess.run(  # noqa: S603
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "error", **env},
        capture_output=True,
        text=True,
        check=False,
    )


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {"DJANGO_SETTINGS_MODULE": "example_project.settings"}
    return run("example_project/manage.py", *arguments, **settings, **env)


def test_its_own_tests_pass() -> None:
    answer = run(
        *("-m", "pytest", "-q", "-p", "no:cacheprovider"),
        *("--ds", "example_project.settings", "example_project", "tests/test_tree.py"),
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_its_migrations_are_complete() -> None:
    answer = manage("makemigrations", "--check", "--dry-run")

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_it_is_ready_to_be_deployed() -> None:
    production = {"DEBUG": "off", "SECRET_KEY": "only-for-a-test-" + "0123456789" * 5}

    answer = manage("check", "--deploy", "--fail-level", "WARNING", **production)

    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_it_names_everything_that_is_missing_at_once() -> None:
    answer = manage("check", DEBUG="off", ALLOWED_HOSTS="", PYTHONWARNINGS="")

    assert answer.returncode != 0
    assert "SECRET_KEY" in answer.stderr


def test_it_runs_from_any_folder(tmp_path: Path) -> None:
    answer = subprocess.run(  # noqa: S603
        [sys.executable, ROOT / "example_project/manage.py", "check"],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "example_project.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode == 0, answer.stderr
