"""Options of Sentry's SDK; ``tests/security/test_sentry.py`` sees what it sends."""

import json
import subprocess
import sys
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.db import OperationalError

from starterkit_core import presets
from starterkit_core.errors import ServiceUnavailable
from starterkit_core.observability import sentry
from starterkit_core.utils.redaction import BLOT

DSN = "http://key@127.0.0.1:9/1"
NOT_LOADED = """
import sys
from starterkit_core import presets
presets.sentry("")
assert not {"django", "sentry_sdk"} & sys.modules.keys(), "loaded"
"""

sdk = pytest.importorskip("sentry_sdk")
Transport = pytest.importorskip("sentry_sdk.transport").Transport


@pytest.fixture
def kept():
    """A transport that keeps what arrives."""

    class Kept(Transport):
        arrived = []

        def capture_envelope(self, envelope):
            self.arrived.extend(item.payload.json for item in envelope.items)

    return Kept


@pytest.fixture
def send(kept):
    """Send an event with a client of its own; return what arrives, or None."""

    def send(event, error=None, **changes):
        options = presets.sentry(DSN, **changes.pop("preset", {})) | changes
        client = sdk.Client(**options, transport=kept, default_integrations=False)
        hint = {"exc_info": (type(error), error, None)} if error else {}
        kept.arrived.clear()
        client.capture_event(json.loads(json.dumps(event)), hint)
        return kept.arrived[0] if kept.arrived else None

    return send


def test_no_library_is_loaded_by_the_import_or_without_a_dsn():
    subprocess.run([sys.executable, "-c", NOT_LOADED], check=True)  # noqa: S603  # ours


def test_without_a_dsn_it_is_off_whatever_the_environment_says(monkeypatch):
    monkeypatch.setenv("SENTRY_DSN", DSN)

    client = sdk.Client(**presets.sentry(""), default_integrations=False)

    assert client.transport is None


def test_a_project_without_the_preset_has_names_and_ids(kept):
    client = sdk.Client(DSN, transport=kept, default_integrations=False)

    with sdk.isolation_scope() as scope:
        scope.set_client(client)
        sentry.tag_request("abcdefgh")
        sentry.name_endpoint("starterkit_auth.v1.session.post")
        sdk.capture_message("Look!")

    [event] = kept.arrived
    assert event["transaction"] == "POST starterkit_auth.v1.session"
    assert event["tags"] == {
        "endpoint": "starterkit_auth.v1.session.post",
        "request_id": "abcdefgh",
    }


def test_an_sdk_of_version_1_is_left_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentry_sdk", SimpleNamespace())

    sentry.tag_request("abcdefgh")
    sentry.name_endpoint("starterkit_auth.v1.session.post")


def test_what_identifies_a_person_is_left_out(send):
    user = {"id": 7, "email": "a", "username": "b", "ip_address": "192.0.2.1"}

    sent = send({"user": user})

    assert sent["user"] == {"id": 7}


def test_a_project_may_send_bodies_but_not_those_of_our_endpoints(send):
    event = {"request": {"data": {"name": "Ada", "password": "x"}, "cookies": {"a": 1}}}
    ours = event | {"tags": {"endpoint": "starterkit_auth.v1.session.post"}}

    assert send(event)["request"]["data"] == {"name": "Ada", "password": BLOT}
    assert "data" not in send(ours)["request"]
    assert "cookies" not in send(event)["request"]


def test_other_headers_are_named_by_the_project(send):
    headers = {"Accept": "a", "X-Shop": "b", "X-Other": "c", "Authorization": "d"}

    sent = send({"request": {"headers": headers}}, preset={"headers": ["x-shop"]})

    assert sent["request"]["headers"] == {"Accept": "a", "X-Shop": "b"}


def test_the_arguments_of_a_job_are_left_out(send):
    job = {"job_id": "1", "func": "mail", "args": ["x"], "description": "mail('x')"}

    sent = send({"extra": {"rq-job": job, "more": "kept"}})

    assert sent["extra"] == {"rq-job": {"job_id": "1", "func": "mail"}, "more": "kept"}


def test_values_in_statements_and_in_queries_are_left_out(send):
    crumbs = [
        {"category": "query", "message": "SELECT 1 WHERE a = 'it''s' AND b = 123456"},
        {"category": "httplib", "data": {"http.query": "a=b", "reason": "OK"}},
        {"category": "other", "message": "it's 123456"},
    ]

    sent = send({"breadcrumbs": {"values": crumbs}})

    statement, query, other = sent["breadcrumbs"]["values"]
    assert statement["message"] == "SELECT 1 WHERE a = ? AND b = ?"
    assert query["data"] == {"http.query": BLOT, "reason": "OK"}
    assert other["message"] == "it's 123456"


def test_ours_is_called_after_that_of_the_project(send):
    def add(event, hint):
        return event | {"extra": {"password": "x", "said": "to ada@example.com"}}

    sent = send({}, preset={"before_send": add})

    assert sent["extra"] == {"password": BLOT, "said": f"to {BLOT}"}
    assert send({}, preset={"before_send": lambda event, hint: None}) is None


def test_the_logs_of_a_project_that_sends_them_are_redacted():
    hide = presets.sentry(DSN).get("before_send_log")
    if hide is None:
        pytest.skip("This version of the SDK sends no logs.")

    log = hide({"body": "to ada@example.com", "attributes": {"otp": "x"}}, {})

    assert log == {"body": f"to {BLOT}", "attributes": {"otp": BLOT}}


def test_without_ours_names_are_still_hidden(send):
    sent = send({"extra": {"a": [{"otp": "x"}]}}, before_send=lambda event, hint: event)

    assert sent["extra"] == {"a": [{"otp": BLOT}]}


OUTAGES = [
    ServiceUnavailable(retry_after=1),
    OperationalError("The database is down."),
    TimeoutError("A service hangs."),
    SMTPServerDisconnected("The mail server is down."),
]


@pytest.mark.parametrize("outage", OUTAGES, ids=repr)
def test_an_outage_is_an_event_once_a_minute(send, outage):
    bug = ValueError("A bug.")

    assert [bool(send({}, outage)) for _ in range(3)] == [True, False, False]
    assert [bool(send({}, bug)) for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize(
    ("context", "rate"),
    [
        ({"wsgi_environ": {"PATH_INFO": "/livez"}, "parent_sampled": True}, 0),
        ({"asgi_scope": {"path": "/ops/readyz/"}}, 0),
        ({"wsgi_environ": {"PATH_INFO": "/a/"}, "parent_sampled": True}, 1),
        ({"wsgi_environ": {"PATH_INFO": "/a/"}, "parent_sampled": False}, 0),
        ({"wsgi_environ": {"PATH_INFO": "/a/"}, "parent_sampled": None}, 0.25),
        ({}, 0.25),
    ],
)
def test_samples_no_health_check_and_what_the_caller_samples(context, rate):
    sampler = presets.sentry(DSN, traces_sample_rate=0.25)["traces_sampler"]

    assert sampler(context) == rate


def test_nothing_is_traced_unless_asked_for():
    assert "traces_sampler" not in presets.sentry(DSN)
