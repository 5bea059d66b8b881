"""A worker that is killed or stopped in the middle of a job, and what becomes of it."""

import os
import signal
import time
from contextlib import ExitStack
from importlib.util import find_spec

import pytest
from django.db import connection

from starterkit_core.testing.mail_servers import until
from tests.production.programs import Redis, is_installed
from tests.workers import (
    SILENCE,
    HoldingServer,
    Project,
    kill,
    own_database,
    started_by,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL"),
]

NEEDS = {"database": "django_tasks_db", "rq": "django_tasks_rq"}

EMAIL = "new@example.org"

KILLED_AFTER_THE_COMMIT = """
import os
from django.db.backends.base.base import BaseDatabaseWrapper
BaseDatabaseWrapper.run_and_clear_commit_hooks = lambda self: os._exit(0)
"""

NO_ROOM_FOR_TASKS = """
from django.db import OperationalError, connection
def refuse(execute, sql, *rest):
    if sql.startswith("INSERT") and "dbtaskresult" in sql:
        raise OperationalError("The disk is full.")
    return execute(sql, *rest)
connection.execute_wrappers.append(refuse)
"""

IS_TOLD = """
from django.utils import timezone
from starterkit_core.services.tasks import oldest_waiting
since = oldest_waiting()
print(since and 0 <= (timezone.now() - since).total_seconds() < 60)
"""

PENDING = """
from starterkit_auth.models import PendingRegistration
print(PendingRegistration.objects.count())
"""


@pytest.fixture
def server():
    """A mail server that has taken a mail, and has not said so yet."""
    with HoldingServer() as server:
        yield server
        server.may_answer.set()


@pytest.fixture(params=["database", "rq"])
def project(request, tmp_path, server, django_db_blocker):
    """A project whose tasks are in the database, or in Redis."""
    if not find_spec(NEEDS[request.param]):
        pytest.skip(f"{NEEDS[request.param]} is not installed")
    if request.param == "rq" and not is_installed("redis-server"):
        pytest.skip("redis-server is not installed")
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        database = stack.enter_context(own_database(tmp_path))
        is_rq = request.param == "rq"
        redis_url = stack.enter_context(Redis()).url if is_rq else ""
        project = Project(tmp_path, request.param, server.port, redis_url)
        stack.callback(project.close)
        project.write_settings(database)
        project.create_tables()
        yield project


in_the_database = pytest.mark.parametrize("project", ["database"], indirect=True)
on_rq = pytest.mark.parametrize("project", ["rq"], indirect=True)


def starts_to_send(server, number=1):
    return until(lambda: len(server.mails) == number)


def test_a_killed_workers_mail_is_sent_by_another(project, server):
    first = project.start_worker()
    assert project.sign_up(EMAIL) == "202"
    assert starts_to_send(server), project.log()

    project.kill(first)
    server.may_answer.set()
    project.start_worker()

    assert starts_to_send(server, 2), project.log()
    time.sleep(SILENCE + 2)
    assert len(server.mails) == 2


def test_a_job_that_kills_its_worker_is_started_twice_at_most(project, server):
    project.sign_up(EMAIL)
    for number in (1, 2):
        worker = project.start_worker()
        assert starts_to_send(server, number), project.log()
        project.kill(worker)

    project.start_worker()

    given_up = {"database": "Given up", "rq": "AbandonedJobError"}[project.queue]
    assert until(lambda: given_up in project.log()), project.log()
    assert len(server.mails) == 2


def test_a_worker_that_is_told_to_stop_ends_its_job_first(project, server):
    worker = project.start_worker()
    project.sign_up(EMAIL)
    assert starts_to_send(server), project.log()

    worker.send_signal(signal.SIGTERM)
    time.sleep(1)
    assert worker.poll() is None
    server.may_answer.set()

    assert worker.wait(timeout=20) == 0, project.log()
    project.start_worker()
    time.sleep(SILENCE + 2)
    assert len(server.mails) == 1


def test_a_job_that_takes_long_is_not_started_again(project, server):
    for _ in range(2):
        project.start_worker()
    project.sign_up(EMAIL)
    assert starts_to_send(server), project.log()

    time.sleep(2 * SILENCE)
    server.may_answer.set()
    time.sleep(SILENCE)

    assert len(server.mails) == 1


@in_the_database
def test_workers_that_were_paused_together_start_no_job_again(project, server):
    """As when their machine was: none knows whether the others were alive meanwhile."""
    busy = project.start_worker()
    project.sign_up(EMAIL)
    assert starts_to_send(server), project.log()
    idle = project.start_worker()
    time.sleep(SILENCE + 2)  # now it would know that another one is gone

    pause(SILENCE + 2, busy, idle)
    idle.send_signal(signal.SIGCONT)
    time.sleep(2)
    busy.send_signal(signal.SIGCONT)
    time.sleep(1)
    server.may_answer.set()
    time.sleep(SILENCE)

    assert len(server.mails) == 1


def pause(seconds, *workers):
    for worker in workers:
        worker.send_signal(signal.SIGSTOP)
    time.sleep(seconds)


def test_a_mail_that_was_refused_for_good_is_not_repeated(project, server):
    server.replies["RCPT"] = "550 Unknown"
    project.start_worker()

    project.sign_up(EMAIL)

    assert until(lambda: "Mail not sent, given up" in project.log()), project.log()
    time.sleep(SILENCE + 2)
    assert len(server.accepted) == 1


def test_tells_since_when_a_task_waits(project):
    before = project.shell(IS_TOLD)

    project.sign_up(EMAIL)

    assert (before, project.shell(IS_TOLD)) == ("None", "True")


@in_the_database
def test_a_process_that_is_killed_after_the_commit_loses_no_mail(project, server):
    server.may_answer.set()

    answer = project.sign_up(EMAIL, before=KILLED_AFTER_THE_COMMIT)
    project.start_worker()

    assert answer == ""
    assert starts_to_send(server), project.log()


@in_the_database
def test_a_mail_that_cannot_be_queued_undoes_the_sign_up(project):
    answer = project.sign_up(EMAIL, before=NO_ROOM_FOR_TASKS)

    assert answer.startswith("503")
    assert project.shell(PENDING) == "0"


@in_the_database
@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="only PostgreSQL ends connections so"
)
def test_the_worker_outlives_its_connections(project, server):
    server.may_answer.set()
    worker = project.start_worker()
    project.sign_up(EMAIL)
    assert starts_to_send(server), project.log()

    name = project.database["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [name],
        )
    project.sign_up("another@example.org")

    assert starts_to_send(server, 2), project.log()
    assert worker.poll() is None


@on_rq
def test_a_worker_repeats_the_job_of_a_killed_work_horse(project, server):
    worker = project.start_worker()
    project.sign_up(EMAIL)
    assert starts_to_send(server), project.log()

    horse = max(started_by(worker.pid))  # the scheduler was started before
    kill(horse)
    server.may_answer.set()

    assert starts_to_send(server, 2), project.log()
    assert worker.poll() is None
