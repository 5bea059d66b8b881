"""Mail server, cache or database down: the documented answer, all or no changes."""

import re
from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import InterfaceError, OperationalError, connection, transaction

from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from tests.processes import ROOT
from tests.security.attacks import AUTH, PROBLEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("front_end")]

DOCUMENT = ROOT / "docs" / "security" / "failures.md"
ROW = re.compile(r"^\| `(\w+) (\S+)` \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ROWS = {f"{row[0]} {row[1]}": row[2:] for row in ROW.findall(DOCUMENT.read_text())}
EVERY = pytest.mark.parametrize("request_line", ROWS)

GOOD = "a rose is a rose is a"
STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@pytest.fixture
def world(*, make_member, open_for, api, mailbox, secrets_in, tune):
    """A user with every mail and session needed for each request to succeed."""
    tune(RESEND_COOLDOWN=timedelta())
    member = make_member()
    opened, _other = open_for(member), open_for(member)

    def secrets(path, body, caller=api):
        caller.post(AUTH + path, body)
        return secrets_in(mailbox[-1])

    registration = {"email": "waiting@example.org", "password": GOOD}
    waiting = api.post(f"{AUTH}registration/", registration).json()
    # What is confirmed first voids the rest, so each has an account of its own.
    mover, forgetful = make_member(), make_member()
    moving = open_for(mover)
    return SimpleNamespace(
        member=member,
        opened=opened,
        moving=moving,
        waiting={"registration_token": waiting["registration_token"]},
        code=secrets_in(mailbox[-1])["code"],
        reset=secrets("password/reset/", {"email": forgetful.email})["token"],
        change=secrets("email/change/", {"email": "new@example.org"}, moving.caller),
        reversal=reversal_of(make_member(), open_for, mailbox, secrets_in),
    )


def reversal_of(user, open_for, mailbox, secrets_in):
    caller = open_for(user).caller
    caller.post(f"{AUTH}email/change/", {"email": "taken.away@example.org"})
    code = secrets_in(mailbox[-1])["code"]
    caller.post(f"{AUTH}email/change/confirmation/", {"code": code})
    [mail] = [mail for mail in mailbox if "undo-email-change" in mail.body]
    return secrets_in(mail)["token"]


def call_of(request_line, world):
    """Return a function that sends the request, with a right body."""
    method, _, path = request_line.partition(" ")
    mine = {"password": PASSWORD}
    caller, body = {
        "POST registration/": (None, {"email": "ada@example.com", "password": GOOD}),
        "POST registration/code/": (None, world.waiting),
        "POST registration/confirmation/": (
            None,
            {**world.waiting, "code": world.code},
        ),
        "POST session/": (None, mine | {"email": world.member.email}),
        "GET session/": (world.opened, None),
        "POST session/refresh/": (None, {"refresh_token": world.opened.refresh}),
        "POST session/step-up/": (world.opened, mine),
        "DELETE session/": (world.opened, None),
        "DELETE sessions/": (world.opened, None),
        "PUT password/": (
            world.opened,
            {"current_password": PASSWORD, "new_password": GOOD},
        ),
        "POST password/reset/": (None, {"email": world.member.email}),
        "POST password/reset/confirmation/": (
            None,
            {"token": world.reset, "new_password": GOOD},
        ),
        "POST email/change/": (world.opened, {"email": "ada@example.org"}),
        "POST email/change/confirmation/": (
            world.moving,
            {"code": world.change["code"]},
        ),
        "POST email/change/reversal/": (None, {"token": world.reversal}),
    }[request_line]
    client = caller.caller if caller else ApiClient()
    client.raise_request_exception = False
    return partial(getattr(client, method.lower()), AUTH + path, body)


def undone(call):
    """Return the answer and what was stored, and roll all of it back."""
    with transaction.atomic():
        answer, stored = call(), state()
        transaction.set_rollback(True)
    return answer, stored


def state():
    """Return all rows, except what outlives a failure on purpose."""
    outlives = {"attempts", "updated_at"}
    return {
        model._meta.label: [
            {name: row[name] for name in row if name not in outlives}
            for row in model._base_manager.order_by("pk").values()
        ]
        for model in apps.get_models()
        if model is not AuditEvent
        and model._meta.app_label.startswith(("starterkit_", "zz_host"))
    }


def events():
    return set(AuditEvent.objects.values_list("action", flat=True))


class Fault:
    """Lets the connection fail at one statement, counted from 0."""

    def __init__(self, at, error):
        self.at, self.error, self.seen = at, error, 0

    def __call__(self, execute, sql, params, many, context):
        if sql.startswith(STATEMENTS):
            self.seen += 1
            if self.seen == self.at + 1:
                raise self.error("The database is down.")
        return execute(sql, params, many, context)


def is_unavailable(answer):
    problem = answer.json()
    assert answer["Content-Type"] == PROBLEM
    assert problem["code"] == "service_unavailable"
    assert "down" not in problem["detail"]
    return answer.status_code == 503 and int(answer["Retry-After"]) > 0


@EVERY
def test_the_document_is_about_requests_that_succeed(no_limits, world, request_line):
    answer, _ = undone(call_of(request_line, world))

    assert answer.status_code in {200, 201, 202, 204}, answer.content


@EVERY
def test_mail_server_down(no_limits, world, request, request_line):
    assert ROWS[request_line][0] == "as usual"
    call = call_of(request_line, world)
    request.getfixturevalue("no_mail")

    answer, stored = undone(call)

    assert answer.status_code in {200, 201, 202, 204}
    assert request_line.startswith("GET") or stored != state()


@EVERY
def test_cache_down(no_limits, world, request, request_line):
    call, before, log = call_of(request_line, world), state(), events()
    request.getfixturevalue("no_cache")

    answer, stored = undone(call)

    if ROWS[request_line][1] == "503":
        assert is_unavailable(answer)
        assert stored == before
        assert events() == log
    else:
        assert answer.status_code in {200, 204}


def test_a_connection_that_was_closed_is_a_database_that_is_down(no_limits, world):
    call = call_of("GET session/", world)

    with connection.execute_wrapper(Fault(0, InterfaceError)):
        answer = call()

    assert is_unavailable(answer)


@EVERY
def test_database_down_in_the_middle(no_limits, world, request_line):
    call, before = call_of(request_line, world), state()
    counting = Fault(-1, OperationalError)
    with connection.execute_wrapper(counting):
        usual, complete = undone(call)
    tables = {name for name in complete if complete[name] != before[name]}

    for number in range(counting.seen):
        fault = Fault(number, OperationalError)
        with transaction.atomic():
            with connection.execute_wrapper(fault):
                answer = call()
            # A statement without a transaction of its own marks that of the test.
            transaction.set_rollback(False)
            stored = state()
            transaction.set_rollback(True)

        changed = {name for name in stored if stored[name] != before[name]}
        if answer.status_code == usual.status_code:
            assert changed == tables, number  # only what comes after it has failed
        else:
            assert is_unavailable(answer), number
            assert not changed, number
