"""What the presets return, seen as a project that uses them sees it."""

import os
import subprocess
import sys

import django
import pytest
from django.contrib.auth import hashers
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.serializers import Serializer
from rest_framework.settings import api_settings
from rest_framework.test import APIRequestFactory

from starterkit_core import presets
from starterkit_core.hashers import Argon2OneThread
from starterkit_core.presets.security import CORS, CSP, OURS, SECURITY

DJANGO = "django.contrib.auth.hashers"


def test_importing_them_imports_no_framework():
    code = (
        "import sys, starterkit_core.presets; "
        "print({'django', 'rest_framework', 'psycopg', 'redis'} & {*sys.modules})"
    )

    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "set()\n"


@pytest.fixture
def use(settings):
    """Let the project have these settings."""

    def use(given):
        for name, value in given.items():
            setattr(settings, name, value)

    return use


def test_https_is_demanded_and_remembered(use, settings):
    settings.MIDDLEWARE = presets.middleware([SECURITY])
    use(presets.security())

    plain, secure = (Client().get("/api/x/", secure=flag) for flag in (False, True))

    assert plain.status_code == 301
    assert plain["Location"] == "https://testserver/api/x/"
    hsts = secure["Strict-Transport-Security"]
    assert hsts == f"max-age={presets.HSTS_SECONDS}; includeSubDomains"


@pytest.mark.parametrize(("header", "status"), [("", 301), ("X-Forwarded-Proto", 404)])
def test_a_proxy_is_believed_only_if_the_project_says_so(use, settings, header, status):
    settings.MIDDLEWARE = presets.middleware([SECURITY])
    use(presets.security(https_header=header))

    answer = Client().get("/api/x/", HTTP_X_FORWARDED_PROTO="https")

    assert answer.status_code == status


def test_a_machine_without_tls_gets_cookies_and_no_redirect(use, settings):
    settings.MIDDLEWARE = presets.middleware([SECURITY])
    use(presets.security(https=False))

    answer = Client().get("/pages/")

    assert answer.status_code == 404
    assert "Strict-Transport-Security" not in answer
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert settings.SESSION_COOKIE_SECURE is False


@pytest.mark.parametrize(
    ("choice", "silenced"),
    [
        ({}, ["security.W021"]),
        ({"preload": True}, []),
        ({"subdomains": False}, ["security.W005", "security.W021"]),
    ],
)
def test_only_what_was_declined_is_silenced(choice, silenced):
    assert presets.security(**choice)["SILENCED_SYSTEM_CHECKS"] == silenced


def test_two_projects_share_no_list():
    presets.security()["SECURE_CSP"]["img-src"].append("https://example.com")

    assert "https://example.com" not in presets.security()["SECURE_CSP"]["img-src"]


OTHER = "shop.middleware.Other"
POLICY = [CSP] if django.VERSION >= (6, 0) else []


@pytest.mark.parametrize(
    ("present", "made"),
    [
        ([], [OURS, *POLICY]),
        ([SECURITY, OTHER], [OURS, SECURITY, *POLICY, OTHER]),
        ([OTHER, CORS, SECURITY], [CORS, OURS, OTHER, SECURITY, *POLICY]),
        ([SECURITY, OURS, *POLICY], [OURS, SECURITY, *POLICY]),
    ],
)
def test_middleware_stand_in_the_right_order_once(present, made):
    assert presets.middleware(present) == made
    assert presets.middleware(made) == made


@pytest.mark.parametrize(
    ("port", "tls", "starttls", "implicit"),
    [(587, True, True, False), (465, True, False, True), (1025, False, False, False)],
)
def test_mails_leave_by_the_server_that_was_given(
    settings, port, tls, starttls, implicit
):
    given = {"user": "shop", "password": "secret", "sender": "shop@example.com"}
    made = presets.mail("smtp.example.com", port=port, tls=tls, **given)

    sender = _connection(settings, made)

    assert (sender.host, sender.port) == ("smtp.example.com", port)
    assert (sender.username, sender.password) == ("shop", "secret")
    assert (sender.use_tls, sender.use_ssl) == (starttls, implicit)
    assert sender.timeout == presets.MAIL_SECONDS
    assert made["DEFAULT_FROM_EMAIL"] == made["SERVER_EMAIL"] == "shop@example.com"


def test_mails_are_files_on_a_machine_without_a_server(settings, tmp_path):
    sender = _connection(settings, presets.mail_in_folder(tmp_path))

    assert sender.file_path == str(tmp_path)


def _connection(settings, made):
    """Return what sends the mails of a project with these settings."""
    if django.VERSION >= (6, 1):
        settings.MAILERS = made["MAILERS"]
        return mail.mailers["default"]
    for name, value in made.items():
        setattr(settings, name, value)
    return mail.get_connection()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_private_files_have_no_url_and_belong_to_the_process(settings, tmp_path):
    settings.STORAGES = presets.storages(
        tmp_path / "private", static=presets.PLAIN_STATIC
    )
    storage = storages["starterkit_private"]

    name = storage.save("exports/ada.json", ContentFile(b"{}"))

    with pytest.raises(ValueError, match="not accessible"):
        storage.url(name)
    file = tmp_path / "private" / name
    assert file.read_bytes() == b"{}"
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_public_files_are_below_the_url_of_media(settings, tmp_path):
    settings.STORAGES = presets.storages(tmp_path, static=presets.PLAIN_STATIC)
    settings.MEDIA_URL = "/media/"

    assert storages["starterkit_public"].url("a.png") == "/media/a.png"


@pytest.fixture
def former(settings):
    """Hash a password as a project did that had only Django's hasher ``name``."""

    def hashed(name):
        settings.PASSWORD_HASHERS = [f"{DJANGO}.{name}"]
        return hashers.make_password("correct horse")

    return hashed


@pytest.mark.parametrize(
    "name",
    ["Argon2PasswordHasher", "PBKDF2PasswordHasher", "ScryptPasswordHasher"],
)
def test_a_password_that_a_project_has_is_verified_and_hashed_anew(
    settings, former, name
):
    pytest.importorskip("argon2")
    encoded, replaced = former(name), []
    settings.PASSWORD_HASHERS = presets.password_hashers()

    assert hashers.check_password("correct horse", encoded, replaced.append)
    assert not hashers.check_password("wrong", encoded)
    assert replaced == ["correct horse"]


def test_argon2_costs_what_django_says_on_one_thread(settings):
    pytest.importorskip("argon2")
    settings.PASSWORD_HASHERS = presets.password_hashers()

    encoded = hashers.make_password("correct horse")

    of_django = hashers.Argon2PasswordHasher
    assert f"m={of_django.memory_cost},t={of_django.time_cost},p=1$" in encoded
    assert of_django().verify("correct horse", encoded)
    assert not Argon2OneThread().must_update(encoded)


def test_without_argon2_the_project_has_hashers_that_it_can_load(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "argon2", None)

    assert presets.password_hashers()[0] == f"{DJANGO}.PBKDF2PasswordHasher"


class Rows(ListAPIView):
    permission_classes = (AllowAny,)
    serializer_class = Serializer
    queryset = range(1_000)


@pytest.mark.parametrize("query", ["", "?page_size=900", "?limit=900", "?page=2"])
def test_no_client_gets_more_than_a_page_of_the_projects_own_list(settings, query):
    settings.REST_FRAMEWORK = presets.rest_framework()
    view = type("Rows", (Rows,), {"pagination_class": _default_pagination()})

    answer = view.as_view()(APIRequestFactory().get(f"/rows/{query}"))

    assert len(answer.data["results"]) == 50


def _default_pagination():
    return api_settings.DEFAULT_PAGINATION_CLASS


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "9.9.9.9")])
def test_a_throttle_of_the_project_believes_no_client_its_address(
    settings, proxies, address
):
    from rest_framework.throttling import AnonRateThrottle  # noqa: PLC0415  # it reads settings

    settings.REST_FRAMEWORK = presets.rest_framework(proxies=proxies)
    said = {"HTTP_X_FORWARDED_FOR": "1.2.3.4, 9.9.9.9"}

    request = APIRequestFactory().get("/", **said)

    assert AnonRateThrottle.get_ident(None, request) == address
