"""No error report shows a secret: neither of a request nor of what we make for it."""

import re
from contextlib import contextmanager
from itertools import count
from smtplib import SMTPDataError

import django
import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.services.mail_threads import mail_threads
from starterkit_core.testing.plugin import PASSWORD
from tests.security.attacks import AUTH
from tests.security.conftest import COOKIE
from tests.security.error_reports import has_sentry, reported
from tests.security.test_failures import EVERY, call_of, world  # noqa: F401  # a fixture

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.usefixtures("no_limits", "front_end"),
]

TOKEN = re.compile(r"sk[acdgilr]_[\w-]{30,}")
NAMED = re.compile(r"passw|token|code")


class BugError(Exception):
    """A bug of the project."""


@contextmanager
def failing_at(statement):
    """Let the database fail from a statement on."""
    numbers = count(1)

    def execute(run, *args):
        if next(numbers) >= statement:
            raise BugError
        return run(*args)

    with connection.execute_wrapper(execute):
        yield


def failing_request(view):
    class Request(view.request_class):
        def validate(self, attrs):
            _found = super().validate(attrs)
            raise BugError

    return Request


def failing_response(view):
    class Response(view.response_class):
        def to_representation(self, instance):
            _data = super().to_representation(instance)
            raise BugError

    return Response


def failing_use_case(view, phase):
    def fail(self):
        _given = self.input
        _output = getattr(super(type(self), self), phase)()
        raise BugError

    return type("Broken", (view.use_case,), {phase: fail})


BUGS = {
    "request": failing_request,
    "prepare": lambda view: failing_use_case(view, "prepare"),
    "run": lambda view: failing_use_case(view, "run"),
    "response": failing_response,
}


class MailServer(BaseEmailBackend):
    """A mail server that fails after it got the mail."""

    said = []

    def send_messages(self, email_messages):
        for email in email_messages:
            _content = email.message().as_string()
            self.said.append(email.body)
            raise SMTPDataError(550, b"Refused.")


class CookieReader:
    """A middleware of the project, with a bug after the answer is made."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        _sent, _header = request.COOKIES, request.META["HTTP_COOKIE"]
        _made = response.cookies
        _cookie = _made.get(COOKIE)
        _value = _cookie.value if _cookie else ""
        raise BugError


def secrets_of(call):
    """Return what is secret in the body of a request."""
    [_, *rest] = call.args
    body = rest[0] or {}
    return {str(body[name]) for name in body if NAMED.search(name)}


def assert_hides(shown, secrets, error="BugError"):
    assert shown
    for report in shown:
        assert error in report
        assert not TOKEN.search(report)
        for secret in secrets:
            assert not re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", report), secret


def test_both_reporters_are_here():
    if not has_sentry:
        pytest.skip("sentry-sdk is not installed: what it shows is not tested.")


@EVERY
def test_where_the_database_fails(request, request_line):
    call = call_of(request_line, request.getfixturevalue("world"))

    for statement in range(1, 100, 3):
        with reported() as shown, transaction.atomic():
            with failing_at(statement):
                call()
            transaction.set_rollback(True)
        if not shown:
            break
        assert_hides(shown, secrets_of(call))

    assert statement > 1


@pytest.mark.parametrize("part", BUGS)
@EVERY
def test_where_a_replacement_fails(
    *, request, request_line, part, settings, monkeypatch
):
    call = call_of(request_line, request.getfixturevalue("world"))
    view = view_of(request_line)
    if part in {"request", "response"} and not getattr(view, f"{part}_class"):
        pytest.skip("It has none.")
    monkeypatch.setitem(globals(), "Broken", BUGS[part](view))
    kind = part if part in {"request", "response"} else "use_case"
    settings.STARTERKIT_OVERRIDES = {view.use_case.key: {kind: f"{__name__}.Broken"}}

    with reported() as shown:
        answer = call()

    assert answer.status_code == 500
    assert_hides(shown, secrets_of(call))


def view_of(request_line):
    method, _, path = request_line.partition(" ")
    folder = path.strip("/").replace("/", ".").replace("-", "_")
    return EndpointView.known[f"starterkit_auth.v1.{folder}.{method.lower()}"]


@EVERY
def test_where_the_body_cannot_be_read(request, request_line, tuner):
    call = call_of(request_line, request.getfixturevalue("world"))
    if not view_of(request_line).request_class:
        pytest.skip("It takes no body.")
    tuner("STARTERKIT_CORE")(MAX_JSON_DEPTH="deep")

    with reported() as shown:
        call()

    assert_hides(shown, secrets_of(call), "TypeError")


@pytest.mark.parametrize("path", ["session/", "session/step-up/"])
def test_where_a_middleware_fails(*, path, member, open_for, settings):
    caller = open_for(member, "cookie").caller
    caller.raise_request_exception = False
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.CookieReader"]
    body = {"email": member.email, "password": PASSWORD}
    body |= {"client": {"transport": "cookie"}} if path == "session/" else {}

    with reported() as shown:
        answer = caller.post(AUTH + path, body)

    assert answer.status_code == 500
    assert_hides(shown, {PASSWORD, caller.cookies[COOKIE].value})


MAILED = ["registration/", "registration/code/", "password/reset/", "email/change/"]
MAILED += ["email/change/confirmation/"]


@pytest.mark.parametrize("path", MAILED)
def test_where_the_mail_server_fails(*, request, path, settings):
    call = call_of(f"POST {path}", request.getfixturevalue("world"))
    backend = f"{__name__}.MailServer"
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": backend}}
    else:
        settings.EMAIL_BACKEND = backend
    MailServer.said.clear()

    with reported() as shown:
        answer = call()
        mail_threads.finish()

    assert answer.status_code < 300
    codes = re.findall(r"^\d{6}$", "\n".join(MailServer.said), re.MULTILINE)
    assert codes or TOKEN.search(MailServer.said[0])
    assert_hides(shown, {*codes}, "SMTPDataError")
