"""Mails without a worker: a few threads wait for the mail server, and no request."""

import logging
import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread, current_thread
from typing import ClassVar

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from starterkit_core.observability.context import Context, current, entered
from starterkit_core.services import mail_threads, mail_transport
from starterkit_core.services.mail_threads import MailThreads
from starterkit_core.testing.mail_servers import (
    SECONDS,
    HangingServer,
    ScriptedServer,
    until,
    use_server,
)

SOURCES = Path(mail_threads.__file__).parents[2]
KIND = "shop.mails.Welcome"
NOT_NOW = "451 Not now"
NEVER = "550 No such user"
BREAKS_OFF = ""


@pytest.fixture
def at_once(monkeypatch):
    """Try again without a delay."""
    delays = (timedelta(0),) * len(mail_transport.DELAYS)
    monkeypatch.setattr(mail_transport, "DELAYS", delays)


@pytest.fixture
def threads():
    """Threads of the test alone."""
    made = MailThreads(threads=3, room=20)
    yield made
    made.forget()


@pytest.fixture
def post(threads, settings):
    """Hand over so many mails to a server."""

    def hand_over(server, times=1, *, timeout=SECONDS):
        use_server(settings, server.port, timeout=timeout)
        for number in range(times):
            message = EmailMessage(f"No. {number}", "Hello", to=["ada@example.com"])
            threads.hand_over(message, mail_transport.connection(), KIND)

    return hand_over


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def errors_of(caplog):
    return [record for record in caplog.records if record.levelno == logging.ERROR]


def test_few_threads_wait_for_a_server_that_hangs_and_no_caller_does(post):
    with HangingServer() as server:
        post(server, times=12)

        assert until(lambda: server.waiting() == 3)
        assert len(server.accepted) == 3  # and none had given up before


def test_what_is_more_than_the_room_is_dropped_and_logged(post, caplog):
    with HangingServer() as server:
        post(server, times=3)
        assert until(lambda: server.waiting() == 3)

        post(server, times=22)

    dropped = [record.getMessage() for record in errors_of(caplog)[:2]]
    assert dropped == [f"This mail is dropped, as 20 mails wait: {KIND}"] * 2


def test_sends_each_mail_once(post, threads):
    with ScriptedServer() as server:
        post(server, times=7)

        assert threads.finish(SECONDS) == 0

    subjects = sorted(line for mail in server.mails for line in mail.splitlines()
                      if line.startswith("Subject: "))  # fmt: skip
    assert subjects == [f"Subject: No. {number}" for number in range(7)]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_tries_again_after_a_refusal_for_now(post, threads, caplog, verb):
    with ScriptedServer({verb: NOT_NOW}, once=True) as server:
        post(server)

        assert until(lambda: len(server.accepted) == 2)
        assert threads.finish(SECONDS) == 0

    assert len(server.mails) == (2 if verb == "." else 1)  # the first was refused
    assert errors_of(caplog) == []


@pytest.mark.usefixtures("at_once")
def test_logs_with_the_ids_of_the_request_also_after_a_delay(post, threads):
    noted = []

    class Listening(logging.Handler):
        def emit(self, record):
            noted.append((record.levelname, current().request_id))

    handler, logger = Listening(), logging.getLogger("starterkit.tasks")
    logger.addHandler(handler)
    with ScriptedServer({"RCPT": NOT_NOW}) as server:
        with entered(Context(request_id="request-1")):
            post(server)

        assert until(lambda: ("ERROR", "request-1") in noted)
        assert threads.finish(SECONDS) == 0
    logger.removeHandler(handler)

    # Threads of another test may still be at work.
    levels = [level for level, request_id in noted if request_id == "request-1"]
    assert levels == ["WARNING"] * len(mail_transport.DELAYS) + ["ERROR"]


@pytest.mark.usefixtures("at_once")
def test_gives_up_after_the_last_delay(post, threads, caplog, settings):
    with ScriptedServer({"RCPT": NOT_NOW}) as server:
        post(server)

        assert until(lambda: errors_of(caplog))
        assert threads.finish(SECONDS) == 0
        assert len(server.accepted) == 1 + len(mail_transport.DELAYS)

    [record] = errors_of(caplog)
    assert record.name == "starterkit.tasks"
    assert KIND in record.getMessage()
    assert record.exc_info


@pytest.mark.usefixtures("at_once")
def test_delivers_at_most_twice_when_the_connection_breaks_off(post, threads, caplog):
    with ScriptedServer({".": BREAKS_OFF}) as server:
        post(server)

        assert until(lambda: errors_of(caplog))
        assert threads.finish(SECONDS) == 0
        assert len(server.mails) == 2


@pytest.mark.usefixtures("at_once")
def test_does_not_try_again_what_is_refused_for_good(post, threads, caplog):
    with ScriptedServer({"RCPT": NEVER}) as server:
        post(server)

        assert until(lambda: errors_of(caplog))
        assert threads.finish(SECONDS) == 0
        assert len(server.accepted) == 1


@pytest.mark.usefixtures("at_once")
def test_a_server_that_hangs_is_tried_as_often_as_one_that_is_away(post, caplog):
    with HangingServer() as server:
        post(server, timeout=0.05)

        assert until(lambda: errors_of(caplog))
        assert len(server.accepted) == 1 + len(mail_transport.DELAYS)


def test_waits_before_the_next_try(post, threads, caplog):
    with ScriptedServer({"RCPT": NOT_NOW}) as server:
        post(server)
        assert until(lambda: "next try in 30 seconds" in caplog.text)

        assert threads.finish(SECONDS) == 1  # which is not waited for
        assert len(server.accepted) == 1


def test_the_end_of_the_process_is_not_held_up_by_a_server_that_hangs(post, threads):
    with HangingServer() as server:
        post(server, times=5)
        assert until(lambda: server.waiting() == 3)

        assert threads.finish(0.05) == 5
        assert server.waiting() == 3


class StoringBackend(BaseEmailBackend):
    """Stores mails in the database, for a sender of its own."""

    used: ClassVar[list[BaseDatabaseWrapper]] = []

    def send_messages(self, email_messages):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        self.used.append(connections["default"])  # the thread's


class HalfOpenBackend(BaseEmailBackend):
    """Keeps a connection that it could not fully open, as older Djangos do."""

    is_half_open = False

    def open(self):
        if not self.is_half_open:
            self.is_half_open = True
            raise OSError

    def close(self):
        self.is_half_open = False

    def send_messages(self, email_messages):
        raise AssertionError


class EndingBackend(BaseEmailBackend):
    """Raises what ends a thread."""

    ended: ClassVar[list[Thread]] = []

    def send_messages(self, email_messages):
        self.ended.append(current_thread())
        raise SystemExit


def a_mail():
    return EmailMessage("Subject", "Hello", to=["ada@example.com"])


@pytest.mark.django_db(transaction=True)
def test_no_thread_keeps_a_connection_to_the_database(threads, monkeypatch):
    monkeypatch.setattr(StoringBackend, "used", [])

    for _ in range(4):
        threads.hand_over(a_mail(), StoringBackend(), KIND)

    assert threads.finish(SECONDS) == 0
    assert len(StoringBackend.used) == 4
    # Django never closes a database that is in memory.
    assert all(it.connection is None or in_memory(it) for it in StoringBackend.used)


def in_memory(database):
    return database.vendor == "sqlite" and database.is_in_memory_db()


@pytest.mark.usefixtures("at_once")
def test_no_try_uses_a_connection_that_another_could_not_open(threads, caplog):
    threads.hand_over(a_mail(), HalfOpenBackend(), KIND)

    assert until(lambda: errors_of(caplog))

    assert caplog.text.count("OSError") >= len(mail_transport.DELAYS)
    assert "AssertionError" not in caplog.text


# The error that ends a thread is what the test is about.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_ends_is_replaced(post, threads, monkeypatch):
    monkeypatch.setattr(EndingBackend, "ended", [])
    for _ in range(threads.threads):
        threads.hand_over(a_mail(), EndingBackend(), KIND)
    assert threads.finish(SECONDS) == 0

    with ScriptedServer() as server:
        post(server)

        assert threads.finish(SECONDS) == 0
        assert len(server.mails) == 1
    for thread in EndingBackend.ended:  # pytest must hear of it in this test
        thread.join(SECONDS)


SCRIPT = """
import os, sys
import django
from django.conf import settings

sys.path.insert(0, {sources!r})
SMTP = "django.core.mail.backends.smtp.EmailBackend"
OPTIONS = {{"host": "127.0.0.1", "port": {port}, "timeout": 5}}
if django.VERSION >= (6, 1):
    settings.configure(MAILERS={{"default": {{"BACKEND": SMTP, "OPTIONS": OPTIONS}}}})
else:
    settings.configure(**{{f"EMAIL_{{n.upper()}}": v for n, v in OPTIONS.items()}})

from django.core.mail import EmailMessage
from starterkit_core.services.mail_threads import mail_threads
from starterkit_core.services.mail_transport import connection

def post(subject):
    message = EmailMessage(subject, "Hello", to=["ada@example.com"])
    mail_threads.hand_over(message, connection(), "kind")
"""


def run(code, port):
    script = SCRIPT.format(sources=str(SOURCES), port=port) + code
    return subprocess.run(  # noqa: S603  # our own code
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", script],
        capture_output=True,
        text=True,
        timeout=3 * SECONDS,
        check=False,
    )


def test_a_command_that_ends_has_sent_its_mails():
    with ScriptedServer() as server:
        ended = run("for number in range(9): post(str(number))", server.port)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(server.mails) == 9


def test_a_process_says_how_many_mails_it_could_not_send():
    ended = run("post('x')", free_port())

    assert ended.returncode == 0
    assert "1 mails are not sent" in ended.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_forked_process_sends_its_own_mails_and_not_its_parents():
    code = (
        "post('parent'); child = os.fork(); child or post('child')\n"
        "child and os.waitpid(child, 0)\n"
    )
    with ScriptedServer() as server:
        ended = run(code, server.port)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert len(server.mails) == 2
    assert "Subject: child" in "".join(server.mails)
