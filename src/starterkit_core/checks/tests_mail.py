"""A project whose mails go nowhere is told so."""

import django
import pytest
from django.core.checks import run_checks
from django.core.mail.backends.smtp import EmailBackend

from starterkit_core.services.mail import Mail

W013, W030 = "starterkit_core.W013", "starterkit_core.W030"
BACKENDS = "django.core.mail.backends"

if not Mail.__subclasses__():  # core alone sends no mail

    class Greeting(Mail):
        template = "greeting"

        def recipient(self):
            return None


@pytest.fixture
def mails_by(settings):
    """Let the project send its mails by this backend, or name none."""

    def choose(backend):
        if django.VERSION >= (6, 1):
            chosen = {"default": {"BACKEND": backend}} if backend else {}
            settings.MAILERS = chosen
        elif backend:
            settings.EMAIL_BACKEND = backend
        else:
            del settings.EMAIL_BACKEND

    return choose


def findings(*, deploy=False, number=W013):
    said = run_checks(tags=["starterkit"], include_deployment_checks=deploy)
    return [message for message in said if message.id == number]


@pytest.mark.parametrize("deploy", [False, True])
def test_misses_a_mail_server(mails_by, deploy):
    mails_by("")

    (found,) = findings(deploy=deploy)

    assert "no mail server is set" in found.msg
    assert "console.EmailBackend" in found.hint


@pytest.mark.parametrize("kind", ["console", "dummy", "filebased", "locmem"])
def test_a_backend_for_development_is_found_before_a_deployment(mails_by, kind):
    mails_by(f"{BACKENDS}.{kind}.EmailBackend")

    (found,) = findings(deploy=True)

    assert f"{kind}.EmailBackend" in found.msg
    assert findings() == []


@pytest.mark.parametrize("backend", [f"{BACKENDS}.smtp.EmailBackend", "shop.mail.Post"])
def test_is_content_with_a_server(mails_by, backend):
    mails_by(backend)

    assert findings(deploy=True) == []


class Relay(EmailBackend):
    """A project's own way to its mail server."""


class Patient(EmailBackend):
    """A backend that brings a timeout of its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.timeout = 5


@pytest.fixture
def mails_by_server(settings):
    """Let the project send its mails by a server, with a timeout or none."""

    def choose(backend, timeout=None):
        if django.VERSION >= (6, 1):
            options = {"host": "127.0.0.1"} | ({"timeout": timeout} if timeout else {})
            settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}
            return
        settings.EMAIL_BACKEND, settings.EMAIL_TIMEOUT = backend, timeout

    return choose


SERVERS = pytest.mark.parametrize(
    "backend", [f"{BACKENDS}.smtp.EmailBackend", f"{__name__}.Relay"]
)


@SERVERS
def test_demands_a_timeout_before_a_deployment(mails_by_server, backend):
    mails_by_server(backend)

    (found,) = findings(deploy=True, number=W030)

    assert "no timeout" in found.msg
    assert "EMAIL_TIMEOUT = 10" in found.hint
    assert findings(number=W030) == []


@SERVERS
def test_is_content_with_a_timeout(mails_by_server, backend):
    mails_by_server(backend, timeout=10)

    assert findings(deploy=True, number=W030) == []


@pytest.mark.parametrize(
    "backend",
    [f"{__name__}.Patient", f"{BACKENDS}.locmem.EmailBackend", "shop.mail.Post"],
)
def test_asks_for_no_timeout_where_none_is_missing(mails_by, mails_by_server, backend):
    if backend.endswith("Patient"):
        mails_by_server(backend)
    else:
        mails_by(backend)

    assert findings(deploy=True, number=W030) == []
