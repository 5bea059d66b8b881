"""What reaches Sentry from a server with our preset, and that no secret does."""

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from http.client import HTTPConnection
from importlib.metadata import version
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from starterkit_core.services import tasks
from tests.documented import operations
from tests.hanging import silent_server
from tests.processes import python_path, run_python
from tests.production.programs import Redis, is_installed
from tests.running_server import free_port, wait_for
from tests.security.attacks import bodied, example, named, url
from tests.security.canaries import canaries_in, canary, place_of
from tests.security.sentry_server import sentry_server

pytest.importorskip("sentry_sdk")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not find_spec("django_tasks_db"), reason="It has no worker."),
]

SETTINGS = "tests.security.reporting.settings"
LIBRARY = tasks._library()

MAKE_A_USER = """
import json, sys
from pathlib import Path
import django
django.setup()
from starterkit_auth.conftest import open_session
from starterkit_users.models import User
user = User.objects.create_superuser(email="ada@example.com", password="x")
token = str(open_session(user).access_token)
Path(sys.argv[1]).write_text(json.dumps({"id": str(user.pk), "token": token}))
"""


def environment_of(folder, **changes):
    return {
        "SECRET_KEY": "not a secret, but long enough to be one of the tests",
        "DATABASE": str(folder / "db.sqlite3"),
        "DSN": "",
        "TASKS": LIBRARY,
        "BROKEN": "",
        **changes,
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project with a database and a signed-in user."""
    folder = tmp_path_factory.mktemp("reporting")
    env = environment_of(folder)
    for arguments in (
        ["-m", "django", "migrate", "--verbosity=0"],
        ["-c", MAKE_A_USER, str(folder / "user.json")],
    ):
        said = run_python(*arguments, settings=SETTINGS, folder=folder, **env)
        assert not said, said
    return SimpleNamespace(
        folder=folder, **json.loads((folder / "user.json").read_text())
    )


WSGI = ["django.core.wsgi:get_wsgi_application()", "--worker-class=gthread"]
WSGI += ["--threads=4"]
ASGI = ["django.core.asgi:get_asgi_application()", "--worker-class=asgi"]


class Site:
    """The project, served by gunicorn."""

    def __init__(self, project, server=WSGI, **changes):
        self.server = server
        self.project, self.port = project, free_port()
        self.log = project.folder / f"{self.port}.log"
        self.env = {
            **os.environ,
            **environment_of(project.folder, **changes),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PORT": str(self.port),
            "PYTHONPATH": python_path(),
        }

    def __enter__(self):
        place = ["--bind", f"127.0.0.1:{self.port}"]
        command = [sys.executable, "-m", "gunicorn", *self.server, *place]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own command
                command, env=self.env, stdout=log, stderr=log
            )
        wait_for(self.process, self.port, self.log)
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Stop as a deployment does; return how many seconds that took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)
        return time.monotonic() - started

    def manage(self, *arguments):
        """Run a command of the project to its end."""
        command = [sys.executable, "-m", "django", *arguments]
        with self.log.open("ab") as log:
            subprocess.run(  # noqa: S603  # our own command
                command, env=self.env, stdout=log, stderr=log, check=True, timeout=60
            )

    def send(self, request, body=None, **headers):
        """Send a request such as ``GET /shop/fine/``; return status and request id."""
        method, path = request.split(" ", 1)
        content = None if body is None else json.dumps(body)
        sent = {"Content-Type": "application/json", **headers}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path, content, sent)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.headers["X-Request-ID"]

    def send_as_user(self, request, body=None, **headers):
        bearer = f"Bearer {self.project.token}"
        return self.send(request, body, Authorization=bearer, **headers)


@pytest.fixture(scope="module")
def inbox():
    with sentry_server() as server:
        yield server


@pytest.fixture(scope="module")
def redis():
    """The URL of a Redis of these tests alone, or ``""`` where none is installed."""
    if not is_installed("redis-server"):
        yield ""
        return
    with Redis() as server:
        yield server.url


@pytest.fixture(scope="module")
def broken(project, inbox, redis):
    """The project with a bug in each use case."""
    keys = " ".join(operation.key for operation in operations())
    with Site(project, DSN=inbox.dsn, BROKEN=keys, REDIS_URL=redis) as site:
        yield site


@pytest.fixture
def site(broken, inbox):
    inbox.forget()
    return broken


def assert_silent(inbox, canaries):
    """Assert that no canary is in what arrived, however encoded, nor a complaint."""
    said = "\n".join(inbox.said)
    for each in canaries:
        place = place_of(each, said)
        assert not place, f"{each}: {place}"
    assert inbox.complaints == []


@pytest.mark.parametrize("operation", bodied(), ids=named)
def test_no_body_of_an_endpoint_is_in_an_event(site, inbox, operation):
    body, canaries = canaries_in(example(operation))
    cookie, secret, query = (secrets.token_hex(12) for _ in range(3))
    headers = {"Cookie": f"shop={cookie}", "X-Unheard-Of": secret}

    status, request_id = site.send_as_user(
        f"{operation.method.upper()} {url(operation)}?token={query}&page=2",
        body,
        Referer=f"https://shop.example/?code={query}",
        **headers,
    )

    event = inbox.event_of(request_id)
    assert status == 500
    assert event["exception"]["values"][-1]["type"] == "BugError"
    folder, _, method = operation.key.rpartition(".")
    assert event["transaction"] == f"{method.upper()} {folder}"
    assert_silent(inbox, [*canaries, cookie, secret, query, site.project.token])


def test_an_event_says_where_and_for_whom_it_happened(site, inbox):
    status, request_id = site.send_as_user(
        "PATCH /api/users/v1/me/", {"first_name": "A"}
    )

    event = inbox.event_of(request_id)
    assert status == 500
    assert event["tags"] == {
        "request_id": request_id,
        "endpoint": "starterkit_users.v1.me.patch",
    }
    assert event["user"] == {"id": site.project.id}
    assert event["transaction"] == "PATCH starterkit_users.v1.me"
    assert (event["release"], event["environment"]) == ("shop@1.2.3", "staging")
    assert event["request"]["method"] == "PATCH"
    assert "data" not in event["request"]
    assert event["exception"]["values"][-1]["mechanism"]["handled"] is False
    assert len(inbox.of(inbox.events, request_id)) == 1
    assert_silent(inbox, ["ada@example.com", site.project.token])


def test_breadcrumbs_show_what_was_done_and_not_with_what(site, inbox):
    body, canaries = canaries_in({"email": "@", "password": "x"})

    _, request_id = site.send("POST /api/auth/v1/session/", body)

    crumbs = inbox.event_of(request_id)["breadcrumbs"]["values"]
    assert {"shop", "query", "httplib"} <= {crumb["category"] for crumb in crumbs}
    assert any("SELECT" in crumb.get("message", "") for crumb in crumbs)
    assert_silent(inbox, canaries)


def test_a_view_of_the_project_keeps_its_name_and_its_own_variables(site, inbox):
    token, email = secrets.token_hex(12), canary("@")

    _, request_id = site.send_as_user(
        f"POST /shop/orders/7/?token={token}&page=2",
        {"password": token, "email": email},
        Cookie=f"shop={token}",
        **{"X-Shop": "mine", "X-Secret-Of-The-Shop": token},
    )

    event = inbox.event_of(request_id)
    frames = event["exception"]["values"][-1]["stacktrace"]["frames"]
    assert event["transaction"] == "/shop/orders/{number}/"
    assert event["user"] == {"id": site.project.id}
    assert frames[-1]["vars"]["kind"] == "'book'"
    assert frames[-1]["vars"]["email"] == "[redacted]"
    assert [it for it in frames if it.get("vars") and not it["in_app"]] == []
    assert event["request"]["headers"]["X-Shop"] == "mine"
    assert event["request"]["query_string"] == "token=[redacted]&page=2"
    assert_silent(inbox, [token, email])


def test_an_endpoint_of_the_project_without_a_key_is_named_by_its_route(site, inbox):
    _, request_id = site.send_as_user("POST /api/shop/carts/7/", {})

    event = inbox.event_of(request_id)
    assert event["transaction"] == "/api/shop/carts/{number}/"
    assert "endpoint" not in event["tags"]


def test_a_refusal_is_no_event(site, inbox):
    sent = [
        site.send("GET /shop/refused/"),
        site.send("GET /shop/busy/"),
        site.send("POST /api/auth/v1/session/", {"email": "no"}),
        site.send("GET /api/users/v1/me/"),
        site.send("GET /api/nothing/"),
    ]

    site.send("GET /shop/orders/1/")
    assert inbox.wait_for(lambda it: it.events)
    assert [status for status, _ in sent] == [429, 503, 400, 401, 404]
    assert len(inbox.events) == 1


def test_an_outage_is_one_event_a_minute(site, inbox):
    for path in ("outage", "outage-of-ours"):
        inbox.forget()

        sent = [site.send(f"GET /shop/{path}/") for _ in range(5)]

        site.send("GET /shop/orders/1/")
        assert inbox.wait_for(lambda it: len(it.events) > 1)
        assert {status for status, _ in sent} == {503}
        assert len(inbox.events) == 2
        assert inbox.complaints == []


def test_what_any_client_may_cause_is_one_event_a_minute(site, inbox):
    requests = ("GET /api/users/v1/me/", "GET /shop/fine/")

    sent = [site.send(each, Host="no_host_name") for each in requests * 3]

    site.send("GET /shop/orders/1/")
    assert inbox.wait_for(lambda it: len(it.events) > 1)
    assert {status for status, _ in sent} == {400}
    assert len(inbox.events) == 2
    assert inbox.complaints == []


TRACE = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"


def test_a_trace_has_the_name_of_the_endpoint_and_no_secret(site, inbox):
    body, canaries = canaries_in({"email": "@", "password": "x"})

    _, request_id = site.send("POST /api/auth/v1/session/?code=314159265", body)

    [trace] = inbox.wait_for(lambda it: it.of(it.transactions, request_id))
    assert trace["transaction"] == "POST starterkit_auth.v1.session"
    assert any("SELECT" in span["description"] for span in trace["spans"])
    assert_silent(inbox, [*canaries, "314159265"])


@pytest.mark.parametrize("fails", [False, True])
def test_no_secret_of_a_path_is_in_a_trace_or_event(site, inbox, fails):
    token = secrets.token_hex(12)
    token = token.upper() if fails else token

    _, request_id = site.send(f"GET /shop/reset/{token}/")

    assert inbox.wait_for(lambda it: it.of(it.transactions, request_id))
    assert not fails or inbox.event_of(request_id)
    assert_silent(inbox, [token])


def test_health_checks_are_not_traced_and_the_caller_decides(site, inbox):
    site.send("GET /livez", **{"sentry-trace": f"{TRACE}-1"})
    _, unasked = site.send("GET /shop/fine/", **{"sentry-trace": f"{TRACE}-0"})
    _, asked = site.send("GET /shop/fine/", **{"sentry-trace": f"{TRACE}-1"})

    traces = inbox.wait_for(lambda it: it.of(it.transactions, asked))
    time.sleep(0.5)
    assert not inbox.of(inbox.transactions, unasked)
    assert {it["contexts"]["trace"]["trace_id"] for it in traces} == {TRACE[:32]}
    assert not any("livez" in it["request"]["url"] for it in inbox.transactions)


WORKERS = {
    "now": ["check"],  # no worker is needed
    "default": ["starterkit_worker", "--batch"],
    "rq": ["rqworker", "default", "--burst"],
}


@pytest.mark.parametrize("backend", WORKERS)
def test_no_argument_of_a_task_is_in_an_event(*, site, inbox, redis, backend):
    if backend == "rq" and not (redis and find_spec("django_tasks_rq")):
        pytest.skip("This needs Redis and django-tasks-rq.")
    body, canaries = canaries_in({"email": "@", "given_password": "x"})
    body = {"email": body["email"], "given": body["given_password"]}

    status, request_id = site.send(f"POST /shop/tasks/?backend={backend}", body)
    site.manage(*WORKERS[backend])

    event = inbox.event_of(request_id)
    assert status == 200
    assert event["exception"]["values"][-1]["type"] == "TaskError"
    assert_silent(inbox, canaries)


def test_the_same_holds_under_asgi(project):
    if version("gunicorn") < "24":
        pytest.skip("This gunicorn knows no ASGI.")
    body, canaries = canaries_in({"email": "@", "password": "x"})
    key = "starterkit_auth.v1.session.post"

    with (
        sentry_server() as inbox,
        Site(project, ASGI, DSN=inbox.dsn, BROKEN=key) as site,
    ):
        _, request_id = site.send("POST /api/auth/v1/session/?code=314159", body)
        event = inbox.event_of(request_id)
        inbox.wait_for(lambda it: it.of(it.transactions, request_id))

    names = {it["transaction"] for it in (event, *inbox.transactions)}
    assert names == {"POST starterkit_auth.v1.session"}
    assert event["tags"]["endpoint"] == key
    assert_silent(inbox, [*canaries, "314159"])


def test_a_limited_sentry_is_left_alone(site, inbox):
    inbox.status, inbox.headers = 429, {"Retry-After": "6"}
    try:
        for _ in range(3):
            assert site.send("GET /shop/orders/1/")[0] == 500
            time.sleep(1)  # a busy machine is told of the limit later
    finally:
        inbox.status, inbox.headers = 200, {}
    sent = len(inbox.said)
    time.sleep(6)

    _, request_id = site.send("GET /shop/orders/1/")

    assert sent <= 1
    assert inbox.event_of(request_id)


def test_without_a_dsn_there_is_no_sentry(project):
    with sentry_server() as inbox:
        with Site(project, SENTRY_DSN=inbox.dsn) as site:
            status, _ = site.send("GET /shop/orders/1/")

        assert status == 500
        assert inbox.said == []


def test_a_sentry_that_hangs_or_is_down_delays_no_answer(project):
    with silent_server() as hanging:
        for port in (hanging.port, free_port()):
            with Site(project, DSN=f"http://key@127.0.0.1:{port}/1") as site:
                site.send("GET /shop/fine/")
                started = time.monotonic()
                sent = [site.send("GET /shop/orders/1/") for _ in range(60)]
                took = time.monotonic() - started

                assert {status for status, _ in sent} == {500}
                assert took < 15
                assert site.stop() < 6
        assert hanging.met
