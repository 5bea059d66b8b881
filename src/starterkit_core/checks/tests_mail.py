"""A project whose mails go nowhere is told so."""

import django
import pytest
from django.core.checks import run_checks

from starterkit_core.services.mail import Mail

W013 = "starterkit_core.W013"
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


def findings(*, deploy=False):
    said = run_checks(tags=["starterkit"], include_deployment_checks=deploy)
    return [message for message in said if message.id == W013]


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
