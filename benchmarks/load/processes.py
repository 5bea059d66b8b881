"""What the example talks to, each of it our own: it can be stopped, and put back."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.apps import apps

from benchmarks.load.environment import ROOT, environment
from tests.hanging import FreezingProxy
from tests.production.programs import Redis
from tests.running_server import HOST, free_port

PROCESSES, THREADS = 2, 4
TICKS = os.sysconf("SC_CLK_TCK")


CAUSES = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)


class Server:
    """The example, served by gunicorn."""

    def __init__(self, **changes: str) -> None:
        self.port = free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.log = Path(tempfile.mkdtemp(prefix="starterkit-load-"), "server.log")
        self._changes = changes

    def __enter__(self) -> "Server":
        command = [
            *(sys.executable, "-m", "gunicorn", "benchmarks.load.wsgi"),
            *("--bind", f"{HOST}:{self.port}", "--worker-class", "gthread"),
            *("--workers", str(PROCESSES), "--threads", str(THREADS)),
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                env=environment(**self._changes),
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a group for the scheduler, as a service
            )
        try:
            wait_for(self.port, 60)
        except SystemExit:
            self.__exit__()
            raise
        return self

    def __exit__(self, *args: object) -> None:
        self._process.send_signal(signal.SIGQUIT)  # at once: some requests hang
        self._process.wait()

    def cpu(self) -> float:
        """Return the CPU seconds of all its processes so far."""
        return sum(map(cpu_of, [str(self._process.pid), *self._workers()]))

    def memory(self) -> float:
        """Return the MiB that its largest process occupies."""
        return max(map(memory_of, self._workers()))

    def _workers(self) -> list[str]:
        pid = self._process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()

    def logged(self) -> tuple[int, int]:
        """Return how many lines its log has, and how many tracebacks.

        A traceback with the causes of its error is one.
        """
        lines = self.log.read_text(errors="replace").splitlines()
        begun = sum(line.startswith("Traceback") for line in lines)
        return len(lines), begun - sum(line in CAUSES for line in lines)


class Worker:
    """The process that sends the mails, where the example has one."""

    def __init__(self, **changes: str) -> None:
        self._changes = changes
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Worker":
        if apps.is_installed("django_tasks_db"):
            self._process = subprocess.Popen(
                [sys.executable, "-m", "django", "starterkit_worker"],
                env=environment(**self._changes),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        return self

    def __exit__(self, *args: object) -> None:
        if self._process:
            self._process.kill()  # it may wait for a mail server that is silent
            self._process.wait()


class MailServer:
    """Refuses connections; once it hangs, it takes them and never says a word."""

    def __enter__(self) -> "MailServer":
        self._socket = socket.socket()
        self._socket.bind((HOST, 0))
        self.port = str(self._socket.getsockname()[1])
        return self

    def __exit__(self, *args: object) -> None:
        self._socket.close()

    def hang(self) -> None:
        self._socket.listen(500)


class Proxy(FreezingProxy):
    """Between the example and PostgreSQL: forwards, freezes, or is not there."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        super().__init__(parts.hostname or HOST, parts.port or 5432)
        user = parts.netloc.rpartition("@")[0]
        netloc = f"{user}@{HOST}:{self.port}"
        self.url = urlunsplit(parts._replace(netloc=netloc))

    def __enter__(self) -> "Proxy":
        return self

    def __exit__(self, *args: object) -> None:
        self.go_away()


def cpu_of(pid: str) -> float:
    """Return the CPU seconds of a process and of its children that have ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    times = stat.rpartition(")")[2].split()[11:15]
    return sum(map(int, times)) / TICKS


def memory_of(pid: str) -> float:
    """Return the MiB that a process occupies."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_of_postgres() -> float:
    """Return the CPU seconds of the whole PostgreSQL of this machine."""
    found = [path for path in Path("/proc").glob("[0-9]*/comm") if _is_postgres(path)]
    return sum(cpu_of(path.parent.name) for path in found)


@contextlib.contextmanager
def everything(**changes: str) -> Iterator[tuple[Server, Redis]]:
    """Serve the example, beside a Redis and a worker of its own."""
    with Redis() as redis:
        changes["REDIS_URL"] = redis.url
        with Worker(**changes), Server(**changes) as server:
            yield server, redis


def wait_for(port: int, seconds: float) -> None:
    """Wait until a server listens."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"Nothing listens at {port}.")


def _is_postgres(comm: Path) -> bool:
    with contextlib.suppress(OSError):
        return comm.read_text().strip() == "postgres"
    return False
