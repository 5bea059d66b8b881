"""The journey on the example project, and what it prints about a wrong answer."""

import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.running_server import free_port, running_server, running_worker

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "example_project/manage.py")]


def journey(
    url: str, mails: Path, *options: str, manage: str = "false", **env: str
) -> tuple[int, str]:
    """Run the journey, and return the exit code with all that was printed."""
    places = ("--base-url", url, "--mail-dir", str(mails), "--manage", manage)
    done = subprocess.run(  # noqa: S603  # a program of ours
        [sys.executable, "-m", "tests.journey", *places, *options],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def example(tmp_path: Path) -> dict[str, str]:
    """The environment of the example, with its own database and mails."""
    pytest.importorskip("environs", reason="the example reads its environment with it")
    database = f"sqlite:///{(tmp_path / 'example.sqlite3').as_posix()}"
    env = {
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "DATABASE_URL": database,
        "MAIL_DIR": str(tmp_path / "mails"),
        "MEDIA_DIR": str(tmp_path / "media"),
        "PRIVATE_DIR": str(tmp_path / "private"),
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "PYTHONWARNINGS": "error",
    }
    for command in (["migrate", "--verbosity=0"], ["seed"]):
        everything = {**os.environ, **env}
        subprocess.run([*MANAGE, *command], env=everything, check=True)  # noqa: S603  # ours
    return env


@pytest.mark.slow
def test_the_journey_succeeds_on_the_example(
    example: dict[str, str], tmp_path: Path
) -> None:
    log, mails, env = tmp_path / "log", tmp_path / "mails", {**os.environ, **example}
    options = ("--gated", "notes/v1/notes/")

    with (
        running_server(MANAGE, ROOT, log, env) as url,
        running_worker(MANAGE, ROOT, log, env),
    ):
        code, said = journey(url, mails, *options, manage=shlex.join(MANAGE), **example)

    assert code == 0, said + log.read_text("utf-8")
    assert said.rstrip().endswith("85 requests, all answered as they should be.")
    assert "POST   /api/auth/v1/registration/ " in said
    assert "Traceback" not in log.read_text("utf-8")


class Teapot(BaseHTTPRequestHandler):
    """A server that has nothing to do with us."""

    def do_GET(self) -> None:
        self.send_response(418)
        self.end_headers()
        self.wfile.write(b'{"code": "teapot"}')

    def log_message(self, *args: object) -> None:
        """Log no line."""


@pytest.fixture
def teapot() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Teapot) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_wrong_answer_is_shown_beside_what_was_expected(
    teapot: str, tmp_path: Path
) -> None:
    code, said = journey(teapot, tmp_path)

    assert code == 1
    assert "GET /api/terms/v1/documents/ went wrong: the status is 418." in said
    assert "expected  200" in said
    assert '"code": "teapot"' in said


def test_prints_in_one_line_that_the_server_does_not_answer(tmp_path: Path) -> None:
    code, said = journey(f"http://127.0.0.1:{free_port()}", tmp_path)

    assert code == 1
    assert said.startswith("journey: no answer from http://127.0.0.1:")
    assert said.count("\n") == 1
