"""A project with a queue and a worker, in processes that a test may kill."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

from django.db import connections

from starterkit_core.testing.mail_servers import SECONDS, ScriptedServer
from tests import databases
from tests.processes import python_path

SETTINGS = """
from datetime import timedelta
from types import SimpleNamespace
import django
from tests.settings import *
from starterkit_core import presets
from starterkit_core.testing.mail_servers import use_server

TASKS = presets.tasks("{queue}")
INSTALLED_APPS = [
    *INSTALLED_APPS, *presets.tasks_apps("{queue}", django=django.VERSION)
]
DATABASES = {{"default": {database}}}
MIGRATION_MODULES = {{app.split(".")[-1]: None for app in INSTALLED_APPS}}
ALLOWED_HOSTS = ["testserver"]
STARTERKIT_CORE = {{"TASK_ABANDONED_AFTER": timedelta(seconds={silence})}}
RQ = presets.RQ
RQ_QUEUES = {{"default": presets.rq_queue("{redis_url}")}}

mail = SimpleNamespace()
use_server(mail, {mail_port})
globals().update(vars(mail))
"""

SIGN_UP = """
from django.test import Client
{before}
body = {{"email": "{email}", "password": "correct horse battery staple"}}
client = Client(raise_request_exception=False)
answer = client.post("/api/auth/v1/registration/", body, "application/json")
print(answer.status_code)
"""

WORKERS = {
    "database": ["starterkit_worker", "--interval=0.1", "--no-startup-delay"],
    "rq": ["rqworker", "default", "--with-scheduler"],
}

SILENCE = 5
"""After how many seconds without a word a worker of these tests counts as dead."""


class HoldingServer(ScriptedServer):
    """Takes mails, and answers only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = Event()

    def _reply_to(self, verb: str, usual: str) -> str:
        if verb == ".":
            self.may_answer.wait(SECONDS)
        return super()._reply_to(verb, usual)


class Project:
    """All modules with a queue, a worker and a mail server."""

    def __init__(self, folder: Path, queue: str, mail_port: int, redis_url: str):
        self.folder = folder
        self.queue = queue
        self.mail_port = mail_port
        self.redis_url = redis_url
        self.workers: list[subprocess.Popen[bytes]] = []

    def write_settings(self, database: dict[str, object]) -> None:
        self.database = database
        text = SETTINGS.format(
            queue=self.queue,
            database=database,
            silence=SILENCE,
            mail_port=self.mail_port,
            redis_url=self.redis_url,
        )
        (self.folder / "worker_settings.py").write_text(text)

    def django(self, *arguments: str) -> str:
        """Run a command to its end, and return what it prints."""
        result = subprocess.run(  # noqa: S603  # our own command
            [sys.executable, "-m", "django", *arguments],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return result.stdout + result.stderr

    def create_tables(self) -> None:
        self.django("migrate", "-v0", "--run-syncdb")

    def shell(self, code: str) -> str:
        return self.django("shell", "-v0", "-c", code).strip()

    def sign_up(self, email: str, *, before: str = "") -> str:
        """Sign up by a request of a process of its own; return the status."""
        return self.shell(SIGN_UP.format(email=email, before=before))

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a worker in a session of its own; its output goes to a file."""
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(  # noqa: S603  # our own command
                [sys.executable, "-m", "django", *WORKERS[self.queue]],
                cwd=self.folder,
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def log(self) -> str:
        """Return what the workers have logged."""
        return (self.folder / "worker.log").read_text("utf-8", "replace")

    def kill(self, worker: subprocess.Popen[bytes]) -> None:
        """Kill a worker and all that it has started, as a machine that loses power."""
        started = started_by(worker.pid)
        kill(worker.pid, *started)
        worker.wait()

    def close(self) -> None:
        for worker in self.workers:
            self.kill(worker)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "worker_settings",
            "PYTHONPATH": python_path(self.folder),
        }


def kill(*processes: int) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def started_by(parent: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="],  # noqa: S607  # wherever it is installed
        capture_output=True,
        text=True,
        check=True,
    )
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    children = [pid for pid, ppid in pairs if ppid == parent]
    return [each for child in children for each in (*started_by(child), child)]


@contextlib.contextmanager
def own_database(folder: Path) -> Iterator[dict[str, object]]:
    """Describe a new database of the kind that the suite runs on."""
    entry = databases.default()
    if entry["ENGINE"].endswith("sqlite3"):
        yield {**entry, "NAME": str(folder / "worker.sqlite3")}
        return
    name = f"workers_{os.getpid()}_{time.monotonic_ns()}"
    connection = connections.create_connection("default")
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        yield {**entry, "NAME": name}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted}")
        connection.close()
