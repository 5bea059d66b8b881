"""What is open to others that should not be."""

import pytest
from django.core.checks import run_checks

from starterkit_core import presets

FILES = "django.core.files.storage.FileSystemStorage"


def found():
    """Return each message of this file's checks, as ``check --deploy`` says it."""
    messages = run_checks(tags=["starterkit"], include_deployment_checks=True)
    return [it for it in messages if "W041" <= it.id[-4:] <= "W044"]


@pytest.mark.parametrize(
    ("hosts", "wrong"),
    [(["*"], True), (["a.example", "*"], True), ([".example.com"], False), ([], False)],
)
def test_w041_any_host_may_be_named(settings, hosts, wrong):
    settings.ALLOWED_HOSTS = hosts

    assert [it.id for it in found()] == (["starterkit_core.W041"] if wrong else [])


@pytest.mark.parametrize(("proxies", "wrong"), [(0, True), (1, False)])
def test_w042_a_proxy_in_front_that_is_not_counted(settings, proxies, wrong):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.STARTERKIT_CORE = {"TRUSTED_PROXIES": proxies}

    assert [it.id for it in found()] == (["starterkit_core.W042"] if wrong else [])


@pytest.mark.parametrize("root", ["MEDIA_ROOT", "STATIC_ROOT"])
@pytest.mark.parametrize(("below", "wrong"), [("private", True), ("..", False)])
def test_w043_private_files_that_a_server_hands_out(
    settings, tmp_path, root, below, wrong
):
    setattr(settings, root, tmp_path / "served")
    settings.STORAGES = presets.storages(tmp_path / "served" / below)

    assert [root in it.msg for it in found()] == ([True] if wrong else [])


def test_w043_knows_the_folders_of_django_only(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    memory = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
    unknown = {"BACKEND": "shop.storages.Missing"}
    for entry in (memory, unknown):
        settings.STORAGES = settings.STORAGES | {"starterkit_private": entry}

        assert found() == []


@pytest.mark.parametrize("kind", ["SESSION", "CSRF"])
@pytest.mark.parametrize(
    ("attribute", "value"),
    [("SECURE", False), ("DOMAIN", ".example.com"), ("PATH", "/shop/")],
)
def test_w044_a_cookie_that_browsers_drop(settings, kind, attribute, value):
    for name, wanted in presets.security().items():
        setattr(settings, name, wanted)
    assert found() == []
    setattr(settings, f"{kind}_COOKIE_{attribute}", value)

    assert [f"{kind}_COOKIE_{attribute}" in it.msg for it in found()] == [True]
