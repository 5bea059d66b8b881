"""No secret is in a log, a report, a trace, an audit event or an error answer."""

import logging
import re

import pytest

from starterkit_core import presets
from starterkit_core.errors import DomainError
from starterkit_core.models import AuditEvent
from starterkit_core.observability.logs import JSONFormatter, PlainFormatter
from starterkit_core.services.mail_threads import mail_threads
from starterkit_core.testing.plugin import PASSWORD
from tests.documented import operations
from tests.lines import stream_of
from tests.security.attacks import (
    HOSTILE_TEXTS,
    HOSTILE_VALUES,
    bodied,
    example,
    leaves,
    named,
    replaced,
    send,
)
from tests.security.canaries import canaries_in, canary, place_of, secrets_in
from tests.security.error_reports import has_sentry, reported, sentry
from tests.situations import CASES
from tests.traces import finished_spans

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.usefixtures("no_limits"),
    pytest.mark.skipif(not has_sentry, reason="sentry-sdk is not installed."),
]


class BugError(Exception):
    """A bug of the project."""


class Sinks:
    """Everything that an operator reads, as text by name."""

    def __init__(self, lines, spans):
        self.lines, self.spans = lines, spans
        self.reports, self.errors = [], []

    def keep(self, answer):
        if answer.status_code >= 400:
            self.errors.append(answer.content.decode())

    def texts(self):
        mail_threads.finish()
        return {
            "logs": self.lines.getvalue(),
            "reports": "\n".join(self.reports),
            "traces": "".join(span.to_json() for span in self.spans()),
            "audit": str(list(AuditEvent.objects.values())),
            "errors": "\n".join(self.errors),
        }

    def assert_without(self, canaries):
        for sink, text in self.texts().items():
            for each in canaries:
                place = place_of(each, text)
                assert not place, f"{each} in {sink}: {place}"


@pytest.fixture
def spans(monkeypatch):
    """What is traced, if OpenTelemetry is installed."""
    return finished_spans(monkeypatch)


@pytest.fixture
def sinks(spans):
    reporter = sentry(**presets.sentry("https://key@sentry.invalid/1"))
    with stream_of(JSONFormatter(), PlainFormatter()) as lines:
        sinks = Sinks(lines, spans)
        with reported(reporter) as sinks.reports:
            yield sinks


def view_of(request):
    """Return the view that answers a request such as ``GET /api/users/v1/me/``."""
    [view] = (it.view for it in operations() if named(it) == request)
    return view


@pytest.fixture
def break_view(settings, monkeypatch):
    """Let the use case of a view fail when it is done, with all that it was given."""

    def break_it(view):
        monkeypatch.setitem(globals(), "Broken", broken(view.use_case))
        settings.STARTERKIT_OVERRIDES = {view.use_case.key: f"{__name__}.Broken"}

    return break_it


def broken(use_case):
    class Broken(use_case):
        def prepare(self):
            self.is_refused = False
            try:
                super().prepare()
            except DomainError:
                self.is_refused = True

        def run(self):
            if not self.is_refused:
                super().run()
            names = type(self.input).__dataclass_fields__
            plain = [str(getattr(self.input, name)) for name in names]
            raise BugError(f"The last of {' '.join(plain)}")

    return Broken


def secrets_of(caller, body, answer):
    """Return every secret there was: sent, answered, mailed, and of the caller."""
    said = "\n".join(mail.body for mail in caller.mailbox)
    known = {PASSWORD, caller.email, *secrets_in(body), *MAILED.findall(said)}
    if "json" in answer.headers.get("Content-Type", "") and answer.status_code < 300:
        known |= {*secrets_in(answer.json())}
    return known | {it.value for it in caller.client.cookies.values() if it.value}


MAILED = re.compile(r"^\d{6}$|sk[a-z]_[\w-]+", re.MULTILINE)


@pytest.mark.parametrize("bug", [False, True], ids=["works", "fails"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_situation(*, case, bug, caller, sinks, break_view):
    body = case.prepare(caller)
    if bug:
        break_view(view_of(case.request))
    caller.client.raise_request_exception = False

    answer = caller.send(case.request, body)

    sinks.keep(answer)
    assert (answer.status_code == 500) is bug
    assert bool(sinks.reports) is bug
    sinks.assert_without(secrets_of(caller, body, answer))


@pytest.mark.parametrize("operation", bodied(), ids=named)
def test_an_attack(operation, sinks, api, make_member, open_for):
    whole, canaries = canaries_in(example(operation))
    cookie, query, key = (canary("") for _ in range(3))
    email = canary("@")
    opened = open_for(make_member())
    opened.caller.raise_request_exception = False
    opened.caller.cookies["shop"] = cookie
    opened.caller.credentials(
        HTTP_AUTHORIZATION=f"Bearer {opened.access}",
        HTTP_X_API_KEY=key,
        QUERY_STRING=f"token={query}&email={email}",
    )

    for path in leaves(whole):
        for hostile in (*HOSTILE_TEXTS.values(), *HOSTILE_VALUES.values()):
            body = replaced(whole, path, hostile)
            sinks.keep(send(opened.caller, operation, body))
    sinks.keep(send(opened.caller, operation, whole))

    assert sinks.errors
    sinks.assert_without([*canaries, cookie, query, key, opened.access, email])


def test_what_is_looked_at_would_show_a_secret(sinks):
    given = canary("")

    logging.getLogger("shop").error("The words: %s", given)

    with pytest.raises(AssertionError, match=given):
        sinks.assert_without([given])
