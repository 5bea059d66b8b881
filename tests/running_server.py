"""A project's development server, for as long as a test needs it."""

import contextlib
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"
SECONDS_TO_START = 60


def free_port() -> int:
    """A free port."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_server(
    manage: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]
) -> Iterator[str]:
    """Start ``runserver`` in ``folder``, give its URL, and always stop it.

    ``env`` is the whole environment; nothing of ours gets in.
    """
    port = free_port()
    command = [*manage, "runserver", "--noreload", f"{HOST}:{port}"]
    with log.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        _wait_for(server, port, log)
        yield f"http://{HOST}:{port}"
    finally:
        _stop(server)


@contextlib.contextmanager
def running_worker(
    manage: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]
) -> Iterator[None]:
    """Start the worker of the project, which sends its mails, and always stop it."""
    command = [*manage, "db_worker", "--interval=0.2", "--no-reload"]
    with log.open("ab") as output:
        worker = subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=folder,
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        yield
    finally:
        _stop(worker)


def _wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            said = log.read_text("utf-8", "replace")
            raise AssertionError(f"the server did not start:\n{said}")
        time.sleep(0.1)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
