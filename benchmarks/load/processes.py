"""What the example talks to, each of it our own: it can be stopped, and put back."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.apps import apps

from benchmarks.load.environment import ROOT, environment

HOST = "127.0.0.1"
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
                [sys.executable, "-m", "django", "db_worker"],
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


class Redis:
    """A Redis of our own, which can be made to hang."""

    def __enter__(self) -> "Redis":
        port = free_port()
        self.url = f"redis://{HOST}:{port}/0"
        command = ["redis-server", "--port", str(port), "--save", "", "--bind", HOST]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        wait_for(port, 10)
        return self

    def __exit__(self, *args: object) -> None:
        self.go_on()
        self._process.terminate()
        self._process.wait()

    def hang(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)


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


class Proxy:
    """Between the example and PostgreSQL: forwards, freezes, or is not there."""

    def __init__(self, database_url: str) -> None:
        parts = urlsplit(database_url)
        self._target = (parts.hostname or HOST, parts.port or 5432)
        self._open, self._flows = threading.Event(), threading.Event()
        self._pairs: list[socket.socket] = []
        self.port = free_port()
        user = parts.netloc.rpartition("@")[0]
        netloc = f"{user}@{HOST}:{self.port}"
        self.url = urlunsplit(parts._replace(netloc=netloc))

    def __enter__(self) -> "Proxy":
        self.come_back()
        self.thaw()
        return self

    def __exit__(self, *args: object) -> None:
        self.go_away()

    def freeze(self) -> None:
        """Keep all connections and take new ones, but forward nothing."""
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def go_away(self) -> None:
        """Close all connections and refuse new ones, as a stopped server does."""
        self._flows.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._pairs:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def come_back(self) -> None:
        self._listener = socket.create_server((HOST, self.port), backlog=100)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        listener = self._listener
        with contextlib.suppress(OSError):
            while True:
                client, _address = listener.accept()
                server = socket.create_connection(self._target)
                self._pairs += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=ends, daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._flows.wait()
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        target.close()


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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


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
