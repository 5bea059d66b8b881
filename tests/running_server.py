"""The programs of a project, for as long as a test needs them."""

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


def is_answering(port: int) -> bool:
    """Return whether a server listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


@contextlib.contextmanager
def running(
    command: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program for as long as the block lasts, and always stop it.

    ``env`` is the whole environment; nothing of ours gets in.
    """
    with log.open("ab") as output:
        program = subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=folder,
            env=env,
            stdout=output,
            stderr=output,
        )
    try:
        yield program
    finally:
        stop(program)


@contextlib.contextmanager
def running_server(
    manage: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]
) -> Iterator[str]:
    """Start ``runserver`` in ``folder``, and give its URL."""
    port = free_port()
    command = [*manage, "runserver", "--noreload", f"{HOST}:{port}"]
    with running(command, folder, log, env) as server:
        wait_for(server, port, log)
        yield f"http://{HOST}:{port}"


@contextlib.contextmanager
def running_worker(
    manage: Sequence[str], folder: Path, log: Path, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the worker of the project, which sends its mails."""
    command = [*manage, "starterkit_worker", "--interval=0.2", "--no-startup-delay"]
    with running([*command, "--no-reload"], folder, log, env) as worker:
        yield worker


def wait_for(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return once the server answers.

    Raises:
        AssertionError: it does not; the message is its log.
    """
    deadline = time.monotonic() + SECONDS_TO_START
    while not is_answering(port):
        if server.poll() is not None or time.monotonic() > deadline:
            said = log.read_text("utf-8", "replace")
            raise AssertionError(f"the server did not start:\n{said}")
        time.sleep(0.1)


def wait_for_an_answer(port: int) -> None:
    """Return once a process answers: gunicorn listens before it loads the project."""
    with socket.create_connection((HOST, port), timeout=SECONDS_TO_START) as asked:
        asked.sendall(b"GET / HTTP/1.0\r\n\r\n")
        asked.recv(1)  # whatever it says


def stop(program: subprocess.Popen[bytes]) -> None:
    """Terminate a program; kill it if it does not stop."""
    program.terminate()
    try:
        program.wait(timeout=5)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
