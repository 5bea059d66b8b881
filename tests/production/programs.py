"""Redis, PostgreSQL and mail server of a test's own: it may stop and freeze them."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from starterkit_core.testing.mail_servers import ScriptedServer
from tests.hanging import FreezingProxy
from tests.running_server import HOST, free_port, is_answering

SECONDS = 60
"""How long a program may take to start or stop on a busy machine."""


def until(happened: Callable[[], bool]) -> None:
    """Wait until ``happened()``.

    Raises:
        TimeoutError: it did not.
    """
    end = time.monotonic() + SECONDS
    while not happened():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


def wait_until_listening(port: int) -> None:
    """Return once a program listens at the port.

    Raises:
        TimeoutError: it does not.
    """
    until(lambda: is_answering(port))


def is_installed(*programs: str) -> bool:
    return all(map(shutil.which, programs))


class Redis:
    """A Redis that can be stopped, made to hang, and put back, empty."""

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"redis://{HOST}:{self._port}/0"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.resume()
        self.stop()

    def start(self) -> None:
        options = ("--port", str(self._port), "--bind", HOST, "--save", "")
        self._process = subprocess.Popen(  # noqa: S603  # our own command
            ["redis-server", *options],  # noqa: S607  # wherever it is installed
            stdout=subprocess.DEVNULL,
        )
        wait_until_listening(self._port)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def hang(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._process.send_signal(signal.SIGCONT)


class Postgres:
    """A cluster that can be stopped and started.

    PostgreSQL refuses to be run by root, who runs it as the user ``postgres``.
    """

    def __init__(self) -> None:
        self._port = free_port()
        self.url = f"postgres://postgres@{HOST}:{self._port}/postgres"
        self._is_root = os.geteuid() == 0

    @staticmethod
    def programs() -> Path | None:
        """Return the folder with ``initdb``, which many systems keep off the path."""
        found = shutil.which("initdb")
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version)
        return Path(found).parent if found else next(reversed(folders), None)

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="starterkit-postgres-"))
        if self._is_root:
            shutil.chown(self._folder, "postgres", "postgres")
        self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync")
        self.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self.stop("immediate")
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        options = f"-p {self._port} -k {self._folder} -c listen_addresses={HOST}"
        options += " -c fsync=off"  # no test cuts the power of the machine
        log = str(self._folder / "server.log")
        self._run("pg_ctl", "start", "--wait", "--log", log, "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop it; ``fast`` breaks off the connections and their transactions."""
        self._run("pg_ctl", "stop", "--wait", "--mode", mode)

    def _run(self, program: str, *options: str) -> None:
        folder = self.programs()
        command: Sequence[str] = (f"{folder}/{program}", *options)
        subprocess.run(  # noqa: S603  # our own command
            [*command, "--pgdata", str(self._folder / "data")],
            cwd=self._folder,
            user="postgres" if self._is_root else None,
            group="postgres" if self._is_root else None,
            extra_groups=[] if self._is_root else None,
            stdout=subprocess.DEVNULL,
            timeout=SECONDS,
            check=True,
        )


class MailServer:
    """Keeps what it is sent; can be down, and can hang."""

    def __init__(self) -> None:
        self._server = ScriptedServer()
        self._proxy = FreezingProxy(HOST, self._server.port)
        self.port = self._proxy.port
        self.mails = self._server.mails
        self.go_away, self.come_back = self._proxy.go_away, self._proxy.come_back
        self.hang, self.resume = self._proxy.freeze, self._proxy.thaw

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        self._proxy.go_away()
        self._server.__exit__(None, None, None)


def _version(folder: Path) -> int:
    number = folder.parent.name
    return int(number) if number.isdecimal() else 0
