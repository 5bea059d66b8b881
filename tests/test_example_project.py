"""The example project, used as a host is used: with its own settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

pytestmark = pytest.mark.slow

pytest.importorskip("environs", reason="the example reads its environment with it")


# What a program that we start must see: what we see ourselves.
SEEN = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
PRODUCTION = {
    "DEBUG": "off",
    "SECRET_KEY": "only-for-a-test-" + "0123456789" * 5,
    "ALLOWED_HOSTS": "example.com",
    "DATABASE_URL": "sqlite:///unused.sqlite3",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "MAIL_HOST": "localhost",
}


def run(*command: str | Path, folder: Path = ROOT, **env: str) -> tuple[int, str]:
    """Run Python with warnings as errors; return its exit code and its output."""
    inherited = {n: v for n, v in os.environ.items() if n not in PRODUCTION}
    done = subprocess.run(  # noqa: S603  # a program of ours
        [sys.executable, *command],
        cwd=folder,
        env={**inherited, **SEEN, "PYTHONWARNINGS": "error", **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def manage(*arguments: str, folder: Path = ROOT, **env: str) -> tuple[int, str]:
    script = ROOT / "example_project/manage.py"
    settings = {"DJANGO_SETTINGS_MODULE": "example_project.settings"}
    return run(script, *arguments, folder=folder, **settings, **env)


def test_its_own_tests_pass() -> None:
    pytest_as_a_host = "-m pytest -q -n0 -p no:cacheprovider -o pythonpath="
    settings = "--ds=example_project.settings"

    code, said = run(
        *pytest_as_a_host.split(), settings, "example_project", "tests/test_tree.py"
    )

    assert code == 0, said


def test_its_migrations_are_complete() -> None:
    code, said = manage("makemigrations", "--check", "--dry-run")

    assert code == 0, said


def test_it_is_ready_to_be_deployed() -> None:
    code, said = manage("check", "--deploy", "--fail-level=WARNING", **PRODUCTION)

    assert code == 0, said


def test_its_static_files_get_names_that_browsers_may_keep(tmp_path: Path) -> None:
    code, said = manage(
        "collectstatic", "--noinput", STATIC_DIR=str(tmp_path), **PRODUCTION
    )

    assert code == 0, said
    assert list(tmp_path.glob("demo/demo.*.css"))
    assert list(tmp_path.glob("admin/css/base.*.css"))


def test_it_names_all_missing_variables_at_once() -> None:
    code, said = manage("check", DEBUG="off", PYTHONWARNINGS="")

    assert code != 0
    for name in PRODUCTION.keys() - {"DEBUG"}:
        assert name in said


def test_it_runs_from_any_folder(tmp_path: Path) -> None:
    code, said = manage("check", folder=tmp_path)

    assert code == 0, said


def test_it_reports_to_sentry() -> None:
    pytest.importorskip("sentry_sdk")
    say = "import sentry_sdk as it; o = it.get_client().options; "
    say += "print(o['dsn'], o['environment'], o['release'])"
    env = {"SENTRY_DSN": "http://key@127.0.0.1:9/1", "SENTRY_ENVIRONMENT": "staging"}

    code, said = manage(
        "shell", "--no-imports", "--command", say, RELEASE="1.2.3", **env
    )

    assert code == 0, said
    assert said.strip() == "http://key@127.0.0.1:9/1 staging 1.2.3"


@pytest.mark.parametrize(
    ("env", "begin"),
    [({"DEBUG": "on"}, "2"), (PRODUCTION, '{"time": "2')],
    ids=["on your machine", "in production"],
)
def test_each_logger_writes_text_for_people_or_json_for_machines(env, begin):
    say = "import logging as it; it.getLogger('django.request').error('a\\nb'); "
    say += "import structlog; structlog.get_logger().warning('c', token='d')"

    _, said = manage("shell", "--no-imports", "--command", say, **env)

    lines = [line for line in said.splitlines() if line.startswith(begin)]
    assert len(lines) == 2, said
    assert "a\\nb" in lines[0]
    assert "[redacted]" in lines[1]
