"""The example as in production: two servers, a worker, and what they depend on."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from tests.processes import ROOT
from tests.production.programs import SECONDS, MailServer, Postgres, Redis, until
from tests.running_server import HOST, free_port, stop, wait_for, wait_for_an_answer

MANAGE = (sys.executable, str(ROOT / "example_project/manage.py"))


class Program:
    """A program of the deployment, which can be stopped and started again."""

    def __init__(self, command: list[str], env: dict[str, str], log: Path) -> None:
        self.log = log
        self._command, self._env = command, env
        self.process: subprocess.Popen[bytes]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        stop(self.process)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                self._command, cwd=ROOT, env=self._env, stdout=log, stderr=log
            )

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send the signal, and wait until it has ended."""
        self.process.send_signal(how)
        self.process.wait(SECONDS)

    def hang_up(self) -> None:
        """Let it replace its processes; wait until the old ones have ended.

        Raises:
            TimeoutError: they have not.
        """
        old = self._children()
        self.process.send_signal(signal.SIGHUP)
        until(lambda: self._has_replaced(old))

    def _has_replaced(self, old: set[str]) -> bool:
        new = self._children()
        return not old & new and len(new) >= len(old)

    def _children(self) -> set[str]:
        pid = self.process.pid
        return set(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


class Server(Program):
    """gunicorn with the example: two processes of four threads."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        options = ["-c", "example_project/gunicorn.conf.py"]
        bind = ["--bind", f"{HOST}:{self.port}"]
        command = [sys.executable, "-m", "gunicorn", *options, *bind]
        super().__init__(command, env, log)

    def start(self) -> None:
        """Start it, and wait until its processes have loaded the project."""
        super().start()
        wait_for(self.process, self.port, self.log)
        wait_for_an_answer(self.port)

    def reload(self) -> None:
        """Replace its processes, and wait until the new ones answer.

        Told again before, gunicorn would replace processes that still start.
        """
        self.hang_up()
        wait_for_an_answer(self.port)


class Deployment:
    """Two servers that share PostgreSQL, Redis, a mail server and a worker."""

    def __init__(self, folder: Path) -> None:
        self.postgres, self.redis, self.mail = Postgres(), Redis(), MailServer()
        self.env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.production.settings",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "DEBUG": "off",
            "SECRET_KEY": "only-for-a-test-" + "0123456789" * 5,
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": self.redis.url,
            "MAIL_HOST": HOST,
            "MAIL_PORT": str(self.mail.port),
            "MAIL_TLS": "off",
            "MAIL_FROM": "example@localhost",
            "PROXIES": "1",
            "PRIVATE_DIR": str(folder),
            "MEDIA_DIR": str(folder / "media"),
        }
        worker = [*MANAGE, "starterkit_worker", "--interval=0.2", "--no-startup-delay"]
        self.worker = Program(worker, self.env, folder / "worker.log")
        self.a = Server(self.env, folder / "a.log")
        self.b = Server(self.env, folder / "b.log")

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for program in (self.postgres, self.redis, self.mail):
                stack.enter_context(program)
            self.manage("migrate", "--verbosity=0")
            self.manage("seed", "--force")
            for program in (self.worker, self.a, self.b):
                stack.enter_context(program)
            self._programs = stack.pop_all()
        return self

    def __exit__(self, *raised: object) -> None:
        self._programs.close()

    def manage(self, *arguments: str) -> None:
        """Run a command of the project."""
        command = [*MANAGE, *arguments]
        done = subprocess.run(  # noqa: S603  # our own command
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr  # noqa: S101  # a test's

    def make_tasks_due(self) -> None:
        """Let the time pass until which tasks wait that were deferred."""
        with self._database() as connection:
            connection.execute(
                "UPDATE django_tasks_database_dbtaskresult SET run_after = now() "
                "WHERE run_after BETWEEN now() AND now() + interval '1 hour'"
            )

    def rows(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return what the database has, read past the project."""
        with self._database() as connection:
            return connection.execute(statement, parameters).fetchall()

    def _database(self) -> Any:
        import psycopg  # noqa: PLC0415  # where it is missing, tests are skipped

        return psycopg.connect(self.postgres.url)
