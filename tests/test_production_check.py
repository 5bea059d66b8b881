"""``dev.py demo --check --production``, and what it says when a service is missing."""

import os
import subprocess
import sys

import pytest

from tests.processes import ROOT
from tests.running_server import free_port

pytestmark = pytest.mark.slow

for name in ("environs", "gunicorn", "psycopg", "redis", "django_tasks_db"):
    pytest.importorskip(name, reason=f"production needs {name}")

from tests.production.programs import Postgres, Redis, is_installed  # noqa: E402  # it imports what may be missing


def walk(**env: str) -> tuple[int, str]:
    """Run the check, and return its exit code with all that it printed."""
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "tools.production", "--port", str(free_port())],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            **env,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture
def redis():
    if not is_installed("redis-server"):
        pytest.skip("redis-server is not installed")
    with Redis() as redis:
        yield redis


@pytest.fixture
def postgres():
    if Postgres.programs() is None:
        pytest.skip("initdb of PostgreSQL is not installed")
    with Postgres() as postgres:
        yield postgres


def test_walks_the_whole_journey_and_leaves_no_database(postgres, redis):
    import psycopg  # noqa: PLC0415  # it may be missing

    code, said = walk(POSTGRES_URL=postgres.url, REDIS_URL=redis.url)

    assert code == 0, said
    assert said.endswith("85 requests, all answered as they should be.\n")
    with psycopg.connect(postgres.url) as connection:
        left = connection.execute("SELECT datname FROM pg_database").fetchall()
    assert {name for (name,) in left} == {"postgres", "template0", "template1"}


def test_says_that_redis_does_not_answer():
    place = f"127.0.0.1:{free_port()}"

    code, said = walk(REDIS_URL=f"redis://:secret@{place}/0")

    assert code == 1
    assert said.startswith(
        f"production: no Redis answers at {place}: start it, or set REDIS_URL.\n"
    )
    assert "secret" not in said


def test_says_that_postgresql_does_not_answer(redis):
    place = f"127.0.0.1:{free_port()}"
    url = f"postgres://postgres:secret@{place}/test"

    code, said = walk(REDIS_URL=redis.url, POSTGRES_URL=url)

    assert code == 1
    assert said.startswith(
        f"production: no PostgreSQL answers at {place}: "
        "start it, or set POSTGRES_URL.\n"
    )
    assert "secret" not in said
