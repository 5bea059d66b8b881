#!/usr/bin/env python3
"""The example on gunicorn (2 of 4 threads) while a dependency hangs, or reconnects.

    .venv/bin/python benchmarks/waits.py connections   CPU with and without kept ones
    .venv/bin/python benchmarks/waits.py hang          Redis, then PostgreSQL, stopped

Starts a PostgreSQL and a Redis of its own in a temporary folder, so it may stop them.
Needs their server programs and Linux; as root, PostgreSQL runs as ``postgres``.
"""

import contextlib
import http.client
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

ROOT = Path(__file__).resolve().parent.parent
BINARIES = max(Path("/usr/lib/postgresql").glob("*/bin"))
PASSWORD = "correct horse battery staple"  # noqa: S105  # of the one account
ME, SIGN_IN = "/api/users/v1/me/", "/api/auth/v1/session/"
CONFIG = "/api/auth/v1/config/"
ACCOUNT = f"""
import django
django.setup()
from django.contrib.auth import get_user_model
from starterkit_auth.services import addresses
user = get_user_model()(email="ada@example.com")
user.set_password({PASSWORD!r})
user.save()
addresses.assign(user, addresses.mailbox_of(user), verified=True)
"""


def free_port() -> int:
    """Return a port that is not in use."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(answers: Callable[[], bool]) -> None:
    """Wait until something has started."""
    while not answers():
        time.sleep(0.1)


def listens(port: int) -> bool:
    """Return whether a server accepts connections."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Rig:
    """The servers, and what is asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database, self.cache, self.port = free_port(), free_port(), free_port()
        self.env = {
            **os.environ,
            "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}:{ROOT / 'benchmarks'}",
            "DJANGO_SETTINGS_MODULE": "waits_settings",
            "DEBUG": "off",
            "SECRET_KEY": "only-for-benchmarks-" + "x" * 40,
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": f"postgres://postgres@127.0.0.1:{self.database}/postgres",
            "REDIS_URL": f"redis://127.0.0.1:{self.cache}/0",
            "MAIL_HOST": "127.0.0.1",
            "WAITS": "kept",
        }

    def start(self) -> None:
        """Start the servers, and make the tables and an account."""
        data = self.folder / "data"
        self.as_postgres(BINARIES / "initdb", "-U", "postgres", "-A", "trust", data)
        options = f"-p {self.database} -k {self.folder}"
        log = self.folder / "log"
        control = [BINARIES / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options]
        self.as_postgres(*control, "start")
        redis = ["redis-server", "--port", str(self.cache), "--save", ""]
        self.redis = subprocess.Popen(redis, stdout=subprocess.DEVNULL)
        until(lambda: listens(self.cache))
        self.postmaster = int((data / "postmaster.pid").read_text().split()[0])
        for command in (["-m", "django", "migrate", "-v", "0"], ["-c", ACCOUNT]):
            subprocess.run([sys.executable, *command], env=self.env, check=True)

    def as_postgres(self, *command: str | Path) -> None:
        """Run a program that refuses to run as root."""
        user = "postgres" if os.geteuid() == 0 else None
        subprocess.run(command, user=user, stdout=subprocess.DEVNULL, check=True)

    def stop(self) -> None:
        """Stop the servers."""
        self.redis.kill()
        control = [BINARIES / "pg_ctl", "-D", self.folder / "data", "-w"]
        self.as_postgres(*control, "-m", "immediate", "stop")

    @contextlib.contextmanager
    def serving(self, waits: str) -> Iterator[int]:
        """Serve the example; gives the process that has the workers."""
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "-w",
            "2",
            "--threads",
            "4",
            "--graceful-timeout",
            "1",
        ]
        command += [
            "-b",
            f"127.0.0.1:{self.port}",
            "django.core.wsgi:get_wsgi_application()",
        ]
        with (self.folder / "server.log").open("w") as log:
            env = {**self.env, "WAITS": waits}
            server = subprocess.Popen(command, env=env, stderr=log, cwd=self.folder)
        until(lambda: listens(self.port))
        yield server.pid
        server.terminate()
        server.wait()

    def ask(self, method: str, path: str, token: str = "") -> tuple[int, float, bytes]:
        """Return the status (0 without an answer), the seconds and the body."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = None
        if path == SIGN_IN:
            headers["Content-Type"] = "application/json"
            body = json.dumps({"email": "ada@example.com", "password": PASSWORD})
        start = time.monotonic()
        try:
            client.request(method, path, body, headers)
            answer = client.getresponse()
            return answer.status, time.monotonic() - start, answer.read()
        except OSError:
            return 0, time.monotonic() - start, b""
        finally:
            client.close()

    def token(self) -> str:
        """Return an access token, from a server that is warm."""
        made = [self.ask("POST", SIGN_IN) for _ in range(3)][-1]
        token: str = json.loads(made[2])["access_token"]
        for _ in range(40):
            self.ask("GET", ME, token)
        return token


def children(process: int) -> list[int]:
    """Return the processes that ``process`` has started."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [int(number) for number in found.split()]


def cpu(process: int) -> float:
    """Return the milliseconds of CPU of a process and all that it has started."""
    total = 0
    for number in [process, *children(process)]:
        with contextlib.suppress(FileNotFoundError):
            fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, fields[11 : 15 if number == process else 13]))
    return total * 1000 / os.sysconf("SC_CLK_TCK")


def at_once(clients: int, work: Callable[[], None]) -> list[Thread]:
    """Start so many clients."""
    threads = [Thread(target=work) for _ in range(clients)]
    for thread in threads:
        thread.start()
    return threads


REQUESTS = 1_200


def connections(rig: Rig) -> None:
    """Compare the CPU of ``GET me/`` with kept and with new connections."""
    rounds = [(cost(rig, "kept"), cost(rig, "new")) for _ in range(3)]
    for waits, costs in zip(("kept", "new"), zip(*rounds, strict=True), strict=True):
        app, database = (statistics.median(it) for it in zip(*costs, strict=True))
        print(f"{waits}: {app:.2f} ms application, {database:.2f} ms PostgreSQL")


def cost(rig: Rig, waits: str) -> tuple[float, float]:
    """Return the CPU of a request, of the application and of PostgreSQL, in ms."""
    with rig.serving(waits) as server:
        token = rig.token()
        app, database = cpu(server), cpu(rig.postmaster)

        def ask() -> None:
            for _ in range(REQUESTS // 4):
                rig.ask("GET", ME, token)

        for thread in at_once(4, ask):
            thread.join()
        return (
            (cpu(server) - app) / REQUESTS,
            (cpu(rig.postmaster) - database) / REQUESTS,
        )


def hang(rig: Rig) -> None:
    """Stop Redis, then PostgreSQL; print what waits, and what is asked beside it."""
    for waits in ("kept", "endless"):
        with rig.serving(waits):
            token = rig.token()

            def me(token: str = token) -> tuple[int, float, bytes]:
                return rig.ask("GET", ME, token)

            def sign_in() -> tuple[int, float, bytes]:
                return rig.ask("POST", SIGN_IN)

            def config() -> tuple[int, float, bytes]:
                return rig.ask("GET", CONFIG)

            with stopped([rig.redis.pid]):
                print(
                    waits, "Redis: 12 sign in, beside me/", beside(6, 12, sign_in, me)
                )
            time.sleep(3)
            with stopped([rig.postmaster, *children(rig.postmaster)]):
                print(
                    waits,
                    "PostgreSQL: 6 ask me/, beside config/",
                    beside(14, 6, me, config),
                )


@contextlib.contextmanager
def stopped(processes: list[int]) -> Iterator[None]:
    """Let processes hang."""
    for number in processes:
        os.kill(number, signal.SIGSTOP)
    yield
    for number in processes:
        os.kill(number, signal.SIGCONT)


Ask = Callable[[], tuple[int, float, bytes]]


def beside(seconds: float, clients: int, first: Ask, second: Ask) -> str:
    """Ask ``first`` by so many clients, and ``second`` by one more."""
    end = time.monotonic() + seconds
    firsts: list[tuple[int, float, bytes]] = []
    seconds_: list[tuple[int, float, bytes]] = []

    def keep(ask: Ask, answers: list[tuple[int, float, bytes]]) -> None:
        while time.monotonic() < end:
            answers.append(ask())

    threads = at_once(clients, lambda: keep(first, firsts))
    time.sleep(0.3)
    threads += at_once(1, lambda: keep(second, seconds_))
    for thread in threads:
        thread.join()
    return f"{shown(firsts)} | {shown(seconds_)}"


def shown(answers: list[tuple[int, float, bytes]]) -> str:
    """Return the statuses, and the median and the longest wait."""
    waits = sorted(answer[1] for answer in answers)
    statuses = {answer[0] for answer in answers}
    median = statistics.median(waits)
    return f"{len(waits)} {statuses} p50 {median:.2f} max {waits[-1]:.2f} s"


def main() -> None:
    """Run what the command line names."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        rig = Rig(folder)
        rig.start()
        try:
            {"connections": connections, "hang": hang}[sys.argv[1]](rig)
        finally:
            rig.stop()


if __name__ == "__main__":
    main()
