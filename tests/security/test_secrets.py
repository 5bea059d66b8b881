"""No log, error report or database column contains a secret."""

import logging
import re

import pytest
from django.apps import apps
from django.contrib.auth import hashers
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from starterkit_auth.services.challenge_secrets import LINK_PREFIX, REGISTRATION_PREFIX
from starterkit_auth.services.tokens import Kind
from starterkit_core.observability.logs import JSONFormatter, PlainFormatter
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.redaction import redacted_text
from starterkit_users.services.invitations import TOKENS as INVITATIONS
from tests.lines import stream_of
from tests.security.attacks import AUTH
from tests.traces import finished_spans

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_limits", "front_end")]

NEW = "a rose is a rose is a"


@pytest.fixture
def journey(*, api, make_member, sign_in, open_for, mailbox, secrets_in):
    """Run every flow, failures included, and return every secret there was."""
    secrets = {PASSWORD, NEW}
    user = make_member(email="ada.lovelace@example.com")

    def post(path, body, caller=api):
        answer = caller.post(AUTH + path, body)
        found = answer.json() if answer.content else {}
        names = ("access_token", "refresh_token", "registration_token")
        secrets.update(found.get(name) for name in names)
        return found

    waiting = post("registration/", {"email": "eve@example.com", "password": NEW})
    token = {"registration_token": waiting["registration_token"]}
    post("registration/code/", token)
    for mail in mailbox:
        secrets.update(secrets_in(mail).values())
    link = secrets_in(mailbox[-1])["token"]
    post("registration/confirmation/", {**token, "token": link})
    post("registration/confirmation/", {"token": link, "password": NEW})
    post("session/", {"email": user.email, "password": "wrong wrong wrong"})
    opened = sign_in(user, transport="cookie")
    secrets.add(opened.caller.cookies["__Host-starterkit"].value)
    tokens = post("session/", {"email": user.email, "password": PASSWORD})
    post("session/refresh/", {"refresh_token": tokens["refresh_token"]})
    post("session/step-up/", {"password": PASSWORD}, opened.caller)
    post("password/reset/", {"email": user.email})
    secrets.update(secrets_in(mailbox[-1]).values())
    token = secrets_in(mailbox[-1])["token"]
    post("password/reset/confirmation/", {"token": token, "new_password": NEW})
    return {secret for secret in secrets if secret}


def test_no_log_contains_a_secret(caplog, request):
    caplog.set_level(logging.DEBUG)
    sql = logging.getLogger("django.db.backends")
    sql.disabled = True  # Django's own, which a project turns on to see everything

    secrets = request.getfixturevalue("journey")

    sql.disabled = False
    said = "\n".join(
        f"{record.getMessage()} {vars(record)}" for record in caplog.records
    )
    for secret in secrets - {"wrong wrong wrong"}:
        assert secret not in said
    assert "ada.lovelace@" not in re.sub(r"<User: \S+>", "", said)


@pytest.mark.parametrize("formatter", [JSONFormatter(), PlainFormatter()])
def test_no_written_line_contains_a_secret_or_an_address(request, formatter):
    with stream_of(formatter) as stream:
        secrets = request.getfixturevalue("journey")

    written = stream.getvalue()
    assert "POST /api/auth/v1/session/ 201" in written
    for secret in (*secrets, "ada.lovelace@", "eve@"):
        assert secret not in written


def test_no_span_contains_a_secret_or_an_address(request, monkeypatch):
    finished = finished_spans(monkeypatch)

    secrets = request.getfixturevalue("journey")

    spans = finished()
    assert "starterkit_auth.v1.session.post" in {span.name for span in spans}
    assert "invalid_credentials" in str([dict(span.attributes) for span in spans])
    written = "".join(span.to_json() for span in spans)
    for secret in (*secrets, "ada.lovelace", "eve@"):
        assert secret not in written


def test_no_column_of_the_database_contains_a_secret(journey):
    stored = str(
        [
            list(model._base_manager.values())
            for model in apps.get_models()
            if model._meta.label.startswith("starterkit_")
        ]
    )

    for secret in journey:
        assert not re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", stored), secret


CALLS = {
    "sign-in": ("post", "session/", {"password": PASSWORD}),
    "registration": ("post", "registration/", {"password": NEW}),
    "step-up": ("post", "session/step-up/", {"password": PASSWORD}),
    "change": ("put", "password/", {"current_password": PASSWORD, "new_password": NEW}),
}


class Broken(hashers.MD5PasswordHasher):
    """A hasher with a bug."""

    def encode(self, *args, **kwargs):
        raise RuntimeError("A bug.")

    verify = encode


@pytest.mark.parametrize(("method", "path", "body"), CALLS.values(), ids=CALLS)
def test_no_report_of_an_error_shows_a_secret(
    *, member, open_for, settings, caplog, method, path, body
):
    opened = open_for(member)
    settings.PASSWORD_HASHERS = [f"{__name__}.Broken"]
    opened.caller.raise_request_exception = False

    answer = getattr(opened.caller, method)(
        AUTH + path, {"email": member.email, **body}
    )

    assert answer.status_code == 500
    assert b"A bug" not in answer.content
    [failure] = [record for record in caplog.records if record.exc_info]
    request = RequestFactory().post(AUTH + path, HTTP_AUTHORIZATION="Bearer x")
    report = ExceptionReporter(request, *failure.exc_info)
    shown = report.get_traceback_html() + report.get_traceback_text()
    for secret in (*body.values(), opened.access):
        assert secret not in shown.replace("&#x27;", "'")


def test_no_client_forges_a_line_of_the_log(caplog, sign_in, member):
    caplog.set_level(logging.DEBUG)
    forged = "\r\n2026-01-01 CRITICAL root all is lost \x1b[31m"
    api = ApiClient()
    api.raise_request_exception = False

    api.get(
        "/api/auth/v1/sessions/%0d%0a2026 CRITICAL%1b[31m/", HTTP_X_REQUEST_ID=forged
    )
    api.post(f"{AUTH}session/", {"email": member.email, "password": forged})
    api.post(
        f"{AUTH}password/reset/confirmation/",
        {"token": "x", "new_password": NEW},
        HTTP_USER_AGENT=forged,
        HTTP_X_REQUEST_ID=forged,
    )
    api.get("/api/sample/v1/failures/bug%0d%0a2026 CRITICAL/")

    for record in caplog.records:
        assert not re.search("[\r\n\x1b]", record.getMessage()), record


def test_each_kind_of_token_has_a_prefix_of_its_own_that_is_hidden():
    prefixes = [kind.value for kind in Kind]
    prefixes += [LINK_PREFIX, REGISTRATION_PREFIX, INVITATIONS.prefix]

    hidden = [redacted_text(f"see {prefix}{'A' * 64}") for prefix in prefixes]

    assert len({*prefixes}) == len(prefixes)
    assert len({*hidden}) == 1
