"""The lines of structlog and of all other loggers are alike, and have the same ids."""

import json
import logging
import sys
from io import StringIO

import pytest
import structlog
from django.core.management import call_command
from django.urls import reverse

from starterkit_core.observability.context import Context, entered
from starterkit_core.observability.logs import JSONFormatter
from starterkit_core.observability.structlog import with_ids
from starterkit_core.testing.mail_servers import use_server
from starterkit_core.testing.plugin import PASSWORD

CANARY = "canary-8c1f"
CLOSED = 1
"""A port on which no server listens."""


@pytest.fixture
def lines():
    """Return a function that returns the members of each line."""
    stream = StringIO()
    handler, root = logging.StreamHandler(stream), logging.getLogger()
    handler.setFormatter(JSONFormatter())
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)


def test_one_request_has_one_id_in_the_lines_of_both(client_of, user, lines):
    note = {"title": "Bread", "text": CANARY}
    url = f"{reverse('notes:notes')}?token={CANARY}"

    answer = client_of(user).post(url, note, HTTP_X_FORWARDED_FOR="203.0.113.9")

    by_logger = {line["logger"]: line for line in lines()}
    ours = by_logger["starterkit.requests"]
    theirs = by_logger["example_project.notes.v1.notes.post.use_case"]
    assert theirs["message"] == "note_created"
    assert theirs["note_id"] == answer.json()["id"]
    for line in (ours, theirs):
        assert line["request_id"] == answer.headers["X-Request-ID"]
        assert line["user_id"] == str(user.pk)
        assert line["trace_id"] == ours["trace_id"]
    assert CANARY not in str(lines())
    assert "203.0.113.9" not in str(lines())
    assert len(lines()) == len(by_logger)  # one line for the request


@pytest.mark.django_db
def test_what_django_structlog_says_itself_has_no_query(client, lines):
    logger = logging.getLogger("django_structlog")
    logger.setLevel(logging.DEBUG)

    client.get(f"/nowhere/?token={CANARY}")

    logger.setLevel(logging.NOTSET)
    [started, finished] = [it for it in lines() if "structlog" in it["logger"]]
    assert (started["message"], finished["message"]) == (
        "request_started",
        "request_finished",
    )
    assert finished["request"] == "GET /nowhere/"
    assert CANARY not in str(lines())


@pytest.mark.django_db(transaction=True)
def test_the_lines_of_a_worker_have_the_id_of_the_request(client, settings, lines):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    use_server(settings, CLOSED)
    body = {"email": "ada@example.com", "password": PASSWORD, "company": "Shop"}
    url = reverse("starterkit_auth:registration")
    answer = client.post(url, body, "application/json", HTTP_X_REQUEST_ID="request-1")
    assert answer.status_code == 202, answer.content
    [trace_id] = {line["trace_id"] for line in lines() if "trace_id" in line}

    call_command("db_worker", batch=True, startup_delay=False)

    [line] = [line for line in lines() if line["logger"] == "starterkit.tasks"]
    assert line["message"].startswith("Mail not sent, next try in 30 seconds")
    assert (line["request_id"], line["trace_id"]) == ("request-1", trace_id)


def test_a_traceback_of_structlog_is_a_traceback_of_the_line(lines):
    try:
        raise ValueError(f"password={CANARY}")  # noqa: TRY301  # of this test
    except ValueError:
        structlog.get_logger("shop").error("failed", exc_info=sys.exc_info())

    [line] = lines()
    assert line["exception"].endswith("ValueError: password=[redacted]")
    assert CANARY not in str(line)


def test_the_processor_suits_a_renderer_of_structlog_too():
    render = structlog.processors.JSONRenderer()
    event = {"event": "seen", "request_id": "theirs", "password": CANARY}

    with entered(Context(request_id="request-1", known_user_id="7")):
        line = json.loads(render(None, "info", with_ids(None, "info", event)))

    assert line["request_id"] == "request-1"
    assert line["user_id"] == "7"
    assert CANARY not in str(line)
