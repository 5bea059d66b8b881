"""Breached passwords: what is sent, and that a bad service neither blocks nor fails."""

import hashlib
import logging
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from starterkit_auth.services import breach_check, passwords, pwned_passwords
from starterkit_auth.services.pwned_passwords import PwnedPasswords
from starterkit_core.errors import WeakPassword

KNOWN = "hunter two and a half"
ENDING = hashlib.sha1(KNOWN.encode(), usedforsecurity=False).hexdigest().upper()[5:]
SOURCE = "starterkit_auth.services.pwned_passwords.PwnedPasswords"


class Service(BaseHTTPRequestHandler):
    """A service on this machine; ``answer`` is what it does for a request."""

    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        with suppress(BrokenPipeError, ConnectionResetError):
            self.server.answer(self)

    def say(self, text, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def service(settings):
    """Ask a service on this machine; set ``service.answer`` to what it does."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        server.requests, server.daemon_threads = [], True
        server.answer = lambda asked: asked.say(f"{'0' * 35}:9\r\n{ENDING}:3\r\n")
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        url = f"http://127.0.0.1:{server.server_port}/range/"
        settings.STARTERKIT_AUTH = {"BREACH_CHECK": SOURCE, "BREACH_URL": url}
        yield server
        server.shutdown()


def test_sends_no_request_by_default(service, settings):
    settings.STARTERKIT_AUTH = {"BREACH_URL": settings.STARTERKIT_AUTH["BREACH_URL"]}

    assert not breach_check.is_known(KNOWN)
    assert service.requests == []


def test_knows_the_passwords_that_the_service_knows(service):
    assert breach_check.is_known(KNOWN)
    assert not breach_check.is_known(KNOWN + "!")


def test_sends_only_five_characters_of_the_hash(service):
    breach_check.is_known(KNOWN)

    [(path, headers)] = service.requests
    digest = hashlib.sha1(KNOWN.encode(), usedforsecurity=False).hexdigest().upper()
    assert path == f"/range/{digest[:5]}"
    assert headers["Add-Padding"] == "true"
    assert digest[5:] not in str(headers)
    assert KNOWN not in str(headers)


def test_padding_is_no_hit(service):
    service.answer = lambda asked: asked.say(f"{ENDING}:0\r\n")

    assert not breach_check.is_known(KNOWN)


def test_the_refusal_has_a_code_of_its_own(service):
    with pytest.raises(WeakPassword) as refusal:
        passwords.check(KNOWN)

    [reason] = refusal.value.facts["reasons"]
    assert reason["code"] == "password_breached"


def test_is_not_asked_about_a_password_that_is_refused_anyway(service):
    with pytest.raises(WeakPassword):
        passwords.check("short")

    assert service.requests == []


def trickle(asked):
    """Send a byte now and then, so that no single read times out."""
    asked.send_response(200)
    asked.end_headers()
    for _ in range(40):
        asked.wfile.write(b"0")
        asked.wfile.flush()
        time.sleep(0.1)


def dawdle(asked):
    time.sleep(4)


def redirect(asked):
    asked.say("", 302, Location=f"http://127.0.0.1:{asked.server.server_port}/x")


def flood(asked):
    asked.say("0" * (pwned_passwords.LARGEST + 2))


def hang_up(asked):
    asked.connection.close()


FAILURES = [
    trickle,
    dawdle,
    redirect,
    flood,
    hang_up,
    lambda asked: asked.say("", 503),
    lambda asked: asked.say("", 404),
]


@pytest.mark.parametrize("answer", FAILURES)
def test_a_failing_service_soon_lets_the_password_pass_and_is_logged(
    service, answer, caplog, monkeypatch
):
    assert pwned_passwords.SILENCE < pwned_passwords.DEADLINE < 2
    monkeypatch.setattr(pwned_passwords, "SILENCE", 0.3)
    monkeypatch.setattr(pwned_passwords, "DEADLINE", 0.5)
    service.answer = answer
    start = time.monotonic()

    with caplog.at_level(logging.WARNING, "starterkit.auth"):
        passwords.check(KNOWN)

    assert time.monotonic() - start < 2
    assert "auth.breach_check_skipped" in caplog.text
    assert KNOWN not in caplog.text
    assert len(service.requests) == 1


def test_an_unreachable_service_lets_the_password_pass(settings):
    settings.STARTERKIT_AUTH = {
        "BREACH_CHECK": SOURCE,
        "BREACH_URL": "http://127.0.0.1:9/",
    }

    assert not breach_check.is_known(KNOWN)


@pytest.mark.parametrize("url", ["http://example.com/", "file:///etc/", "ftp://a/"])
def test_refuses_an_insecure_url_of_the_service(settings, url):
    settings.STARTERKIT_AUTH = {"BREACH_URL": url}

    with pytest.raises(ValueError, match="safe"):
        PwnedPasswords()(KNOWN)


def known_to_us(password):
    """A host's own source, as a function."""
    return password == KNOWN


def broken(password):
    raise RuntimeError(password)


def test_a_project_may_use_a_source_of_its_own(settings):
    settings.STARTERKIT_AUTH = {"BREACH_CHECK": f"{__name__}.known_to_us"}

    assert breach_check.is_known(KNOWN)
    assert not breach_check.is_known("something else entirely")


@pytest.mark.parametrize("path", [f"{__name__}.broken", "no.such.source"])
def test_a_failing_source_of_a_project_lets_the_password_pass(settings, path, caplog):
    settings.STARTERKIT_AUTH = {"BREACH_CHECK": path}

    assert not breach_check.is_known(KNOWN)
    assert "auth.breach_check_skipped" in caplog.text
    assert KNOWN not in caplog.text


class Hanging:
    """A host's source that hangs."""

    asked = 0

    def __call__(self, password):
        type(self).asked += 1
        time.sleep(0.6)
        raise TimeoutError


def test_a_source_that_hangs_is_asked_once_and_spared_for_a_while(settings, caplog):
    settings.STARTERKIT_AUTH = {"BREACH_CHECK": f"{__name__}.Hanging"}
    Hanging.asked = 0

    passed = [not breach_check.is_known(KNOWN) for _ in range(5)]

    assert (passed, Hanging.asked) == ([True] * 5, 1)
    assert caplog.text.count("auth.breach_check_skipped") == 5
