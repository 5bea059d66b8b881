"""The journey as in production: ``python3 dev.py demo --check --production``.

The example runs with ``DEBUG=off`` under gunicorn, with two processes, beside a task
worker. PostgreSQL and Redis are those of ``POSTGRES_URL`` and ``REDIS_URL``; the
database is a new one, which is dropped in the end. This program is the rest of the
world: the proxy that ends TLS, and the mail server.
"""

import argparse
import contextlib
import os
import secrets
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

import psycopg
import redis

from starterkit_core.testing.mail_servers import ScriptedServer
from tests.journey import BehindProxy, Journey, Mails, Project
from tests.running_server import HOST, running, wait_for, wait_for_an_answer

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, "example_project/manage.py")
POSTGRES_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379/0"
SETTINGS = {
    "DEBUG": "off",
    "DJANGO_SETTINGS_MODULE": "example_project.settings",
    "ALLOWED_HOSTS": HOST,
    "MAIL_HOST": HOST,
    "MAIL_TLS": "off",
    "MAIL_FROM": "example@localhost",
    "PROXIES": "1",
    "WEB_CONCURRENCY": "2",
}


def fail(message: str) -> NoReturn:
    """End with the message, and exit code 1."""
    sys.exit(f"production: {message}")


def main(arguments: list[str]) -> int:
    """Walk the journey; return the exit code."""
    parser = argparse.ArgumentParser(prog="production", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, ScriptedServer() as mail_server:
        env = os.environ | SETTINGS | {"SECRET_KEY": secrets.token_hex(32)}
        env |= {"MAIL_PORT": str(mail_server.port), "PRIVATE_DIR": folder}
        env["MEDIA_DIR"] = str(Path(folder, "media"))
        env["REDIS_URL"] = redis_url()
        with database() as url:
            env["DATABASE_URL"] = url
            check(options.port, env, mail_server, Path(folder, "log"))
    return 0


def redis_url() -> str:
    """Return the URL of a Redis that answers."""
    url = os.environ.get("REDIS_URL", REDIS_URL)
    try:
        redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5).ping()
    except redis.RedisError as error:
        fail(f"no Redis answers at {place(url)}: start it, or set REDIS_URL.\n{error}")
    return url


@contextlib.contextmanager
def database() -> Iterator[str]:
    """Create a database, give its URL, and drop it."""
    name = f"starterkit_demo_{secrets.token_hex(4)}"
    given = urlsplit(os.environ.get("POSTGRES_URL", POSTGRES_URL))
    server = given._replace(path="/postgres").geturl()
    try:
        connection = psycopg.connect(server, autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        where = place(server)
        fail(
            f"no PostgreSQL answers at {where}: start it, or set POSTGRES_URL.\n{error}"
        )
    with connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield given._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def place(url: str) -> str:
    """Return host and port of a URL, which may have a password."""
    return urlsplit(url).netloc.rpartition("@")[2]


def check(
    port: int, env: Mapping[str, str], mail_server: ScriptedServer, log: Path
) -> None:
    """Start the servers, and walk the journey."""
    manage(env, "migrate", "--verbosity=0", STATEMENT_SECONDS="0")
    manage(env, "sync_roles")
    manage(env, "check", "--deploy", "--database=default", "--fail-level=WARNING")
    manage(env, "seed", "--force")
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "example_project/gunicorn.conf.py",
    ]
    worker = [*MANAGE, "starterkit_worker", "--interval=0.2", "--no-startup-delay"]
    project = Project(shlex.join(MANAGE), env)
    with (
        running(shown([*gunicorn, f"--bind={HOST}:{port}"]), ROOT, log, env) as server,
        running(shown(worker), ROOT, log, env),
    ):
        wait_for(server, port, log)
        wait_for_an_answer(port)
        proxy = BehindProxy(f"http://{HOST}:{port}")
        try:
            Journey(proxy, Mailbox(mail_server), project, "GET notes/v1/notes/").walk()
        except SystemExit:
            print(log.read_text("utf-8", "replace"), file=sys.stderr)
            raise
    print(f"{proxy.requests} requests, all answered as they should be.")


class Mailbox(Mails):
    """What a mail server was given."""

    def __init__(self, server: ScriptedServer) -> None:
        super().__init__(Path())
        self.server = server

    def raw_mails(self) -> Iterator[bytes]:
        """Return the mails as they were sent."""
        return (mail.encode() for mail in [*self.server.mails])


def manage(env: Mapping[str, str], *arguments: str, **more: str) -> None:
    """Run a command of the project; end if it fails."""
    command = shown([*MANAGE, *arguments])
    done = subprocess.run(command, cwd=ROOT, env={**env, **more}, check=False)
    if done.returncode:
        fail(f"{arguments[0]} failed; its words are above.")


def shown(command: list[str]) -> list[str]:
    """Print a command, and return it."""
    print(f"$ {shlex.join(command).replace(f'{ROOT}/', '')}", flush=True)
    return command


if __name__ == "__main__":
    # dev.py, or a CI that cancels us, must not leave a server or a database behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
