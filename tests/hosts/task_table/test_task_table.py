import signal
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.mail.backends.locmem import EmailBackend as LocmemBackend
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from starterkit_core.services import database_queue, mail
from starterkit_core.services.tasks import backend_named, oldest_waiting

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(minutes=2)
WORK = ["--batch", "--no-reload", "--no-startup-delay"]


@pytest.fixture(autouse=True)
def _signals():
    """Leave the signal handlers of this process as a worker found them."""
    names = ("SIGINT", "SIGTERM", "SIGQUIT")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def waiting(person):
    """The task with the mail of a sign-up."""
    person.sign_up()
    return DBTaskResult.objects.get()


def leave(row, worker_id="gone", *, ago=LONG_AGO):
    """Let a worker take the task, and be silent since."""
    row.claim(worker_id)
    DBTaskResult.objects.filter(pk=row.pk).update(started_at=timezone.now() - ago)
    row.refresh_from_db()


def work(*more):
    call_command("starterkit_worker", *WORK, *more)


def test_the_journey_is_as_without_a_queue(person, monkeypatch):
    send = person.send

    def and_work(*args, **kwargs):
        answer = send(*args, **kwargs)
        work()
        return answer

    monkeypatch.setattr(person, "send", and_work)

    assert person.walk() == ""


def test_a_task_is_saved_with_what_it_follows(person, monkeypatch):
    monkeypatch.setattr(transaction, "on_commit", lambda *args, **kwargs: None)

    person.sign_up()

    assert DBTaskResult.objects.get().status == "READY"


@pytest.mark.parametrize("known", [True, False])
def test_every_address_costs_the_same_statements(person, known):
    person.sign_up()
    work()
    person.confirm()
    person.email = person.email if known else "nobody@example.com"

    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = person.send("POST auth/v1/password/reset/", {"email": person.email})

    assert answer.status_code == 202
    saved = [query["sql"] for query in asked if "INSERT" in query["sql"]]
    assert sum("dbtaskresult" in statement for statement in saved) == 1


def test_a_silent_workers_task_runs_once_more(waiting, mailbox, caplog):
    leave(waiting)

    work()

    waiting.refresh_from_db()
    assert (waiting.status, len(waiting.worker_ids)) == ("SUCCESSFUL", 2)
    assert len(mailbox) == 1
    assert f"this task runs again: {waiting.task_path} {waiting.pk}" in caplog.text


def test_a_task_that_was_started_twice_has_failed(waiting, mailbox, caplog):
    leave(waiting)
    leave(waiting)

    work()

    waiting.refresh_from_db()
    [error] = waiting.task_result.errors
    assert waiting.status == "FAILED"
    assert error.exception_class is database_queue.AbandonedTaskError
    assert mailbox == []
    [record] = [entry for entry in caplog.records if entry.levelname == "ERROR"]
    assert record.name == "starterkit.tasks"
    assert "ended 2 workers" in record.getMessage()


def test_a_task_whose_worker_is_alive_is_left_alone(waiting):
    leave(waiting, ago=timedelta(seconds=50))

    work()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.worker_ids) == ("RUNNING", ["gone"])


def test_a_worker_that_starts_anew_takes_up_what_it_left(waiting, mailbox):
    leave(waiting, "first", ago=timedelta())

    work("--worker-id=first")

    assert len(mailbox) == 1


def test_one_of_two_workers_gives_a_task_back(waiting, caplog):
    leave(waiting)
    rows = database_queue.rows_in(backend_named("default"))
    of_both = [rows.get(), rows.get()]

    for row in of_both:
        database_queue._recover(rows, row)

    assert caplog.text.count("runs again") == 1


def test_a_beat_is_of_the_workers_own_task(waiting, person):
    person.email = "bob@example.com"
    person.sign_up()
    other = DBTaskResult.objects.exclude(pk=waiting.pk).get()
    leave(waiting, "me")
    leave(other, "you")
    rows = database_queue.rows_in(backend_named("default"))

    database_queue._look(rows, "me", timedelta(minutes=1))

    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, other.status) == ("RUNNING", "READY")
    assert timezone.now() - waiting.started_at < timedelta(seconds=10)


def test_a_database_that_is_away_when_a_task_ends_doubles_no_mail(
    waiting, mailbox, monkeypatch
):
    monkeypatch.setattr(database_queue, "PAUSE", 0)
    away = iter(range(5))  # longer than the library tries

    def is_away(execute, sql, parameters, *rest):
        if (
            sql.startswith("UPDATE")
            and "SUCCESSFUL" in parameters
            and next(away, None) is not None
        ):
            raise OperationalError("The server has gone away.")
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(is_away):
        work()

    waiting.refresh_from_db()
    assert (waiting.status, len(waiting.worker_ids)) == ("SUCCESSFUL", 1)
    assert len(mailbox) == 1
    assert next(away, None) is None


@contextmanager
def database_away(*words, times):
    """Let that many statements fail that have all of these words."""
    left = iter(range(times))

    def is_away(execute, sql, *rest):
        if all(word in sql for word in words) and next(left, None) is not None:
            raise OperationalError("The server has gone away.")
        return execute(sql, *rest)

    with connection.execute_wrapper(is_away):
        yield
    assert next(left, None) is None


def test_a_mail_that_cannot_be_rendered_is_tried_again(waiting, mailbox, caplog):
    with database_away("SELECT", "starterkit_auth", times=1):
        work()
    before = len(mailbox)
    DBTaskResult.objects.update(run_after=timezone.now())

    work()

    assert [before, len(mailbox)] == [0, 1]
    assert "next try in 30 seconds" in caplog.text


def test_a_task_that_the_database_broke_off_runs_once_more(waiting, mailbox):
    with (
        database_away("SELECT", "starterkit_auth", times=1),
        database_away("INSERT", "dbtaskresult", times=1),
    ):
        work()

    waiting.refresh_from_db()
    assert (waiting.status, len(waiting.worker_ids)) == ("SUCCESSFUL", 2)
    assert len(mailbox) == 1


def test_a_task_that_the_database_breaks_off_each_time_has_failed(waiting):
    with (
        database_away("SELECT", "starterkit_auth", times=2),
        database_away("INSERT", "dbtaskresult", times=2),
    ):
        work()

    waiting.refresh_from_db()
    [error] = waiting.task_result.errors
    assert waiting.status == "FAILED"
    assert error.exception_class is OperationalError


def test_a_task_that_a_second_signal_breaks_off_runs_once_more(
    waiting, mailbox, monkeypatch
):
    class Impatient(LocmemBackend):
        def send_messages(self, messages):
            for _ in range(2):
                signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(mail, "connection", Impatient)
    work()
    waiting.refresh_from_db()
    left = waiting.status
    monkeypatch.undo()

    work()

    assert left == "READY"
    assert len(mailbox) == 1


def test_a_task_is_taken_up_although_its_worker_has_just_beaten(waiting, monkeypatch):
    """The thread that beats goes on while the worker looks for what it has left."""
    leave(waiting, "me")
    rows = database_queue.rows_in(backend_named("default"))
    recover = database_queue._recover
    times = iter(range(2))

    def recover_after_a_beat(rows, row):
        if next(times, None) == 0:
            database_queue._beat(rows, "me")
        recover(rows, row)

    monkeypatch.setattr(database_queue, "_recover", recover_after_a_beat)

    database_queue.recover_own(rows, "me")

    waiting.refresh_from_db()
    assert waiting.status == "READY"


def test_a_task_for_later_does_not_wait_yet(waiting):
    now = timezone.now()
    DBTaskResult.objects.update(run_after=now + timedelta(minutes=1))

    later = oldest_waiting()
    DBTaskResult.objects.update(run_after=now - timedelta(minutes=1))

    assert (later, oldest_waiting()) == (None, now - timedelta(minutes=1))


def test_tells_who_has_no_table(settings):
    settings.INSTALLED_APPS = [
        name for name in settings.INSTALLED_APPS if name != "django_tasks_db"
    ]

    with pytest.raises(CommandError, match="django-tasks-db"):
        work()
