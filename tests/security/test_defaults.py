"""What ships, before a project changes anything."""

from datetime import timedelta

import pytest

from starterkit_auth.conf import AuthSettings, conf
from starterkit_core.conf import conf as core_conf
from starterkit_core.ports.passwords import LONGEST_PASSWORD as PASSWORD_MAX_LENGTH
from tests.documented import document
from tests.security.attacks import AUTH


@pytest.fixture(autouse=True)
def nothing_set(settings):
    settings.STARTERKIT_AUTH = {}
    settings.STARTERKIT_CORE = {}


def test_what_ships_is_as_strict_as_it_should_be():
    assert timedelta(minutes=15) >= conf.ACCESS_TOKEN_LIFETIME
    assert timedelta(days=30) >= conf.IDLE_LIFETIME
    assert timedelta(days=90) >= conf.ABSOLUTE_LIFETIME
    assert timedelta(seconds=30) >= conf.REFRESH_GRACE
    assert timedelta(minutes=10) >= conf.STEP_UP_MAX_AGE
    assert timedelta(minutes=10) >= conf.CODE_LIFETIME
    assert timedelta(hours=24) >= conf.LINK_LIFETIME
    assert timedelta(hours=1) >= conf.RESET_LINK_LIFETIME
    assert conf.CODE_TRIES <= 5
    assert conf.MAX_SESSIONS <= 20
    assert conf.PASSWORD_MIN_LENGTH == 12
    assert conf.SIGN_IN_ACCOUNT_LIMIT == "10/15m"
    assert (conf.REGISTRATION_MODE, conf.EMAIL_VERIFICATION) == ("strict", "required")
    assert (conf.COOKIE_SECURE, conf.COOKIE_SAMESITE, conf.COOKIE_DOMAIN) == (
        True,
        "Lax",
        "",
    )
    assert conf.CLIENT_ADDRESS == "truncated"
    assert core_conf.TRUSTED_PROXIES == 0
    assert core_conf.MAX_BODY_BYTES <= 1_000_000
    assert core_conf.MAX_JSON_DEPTH <= 32
    assert core_conf.MAX_JSON_VALUES <= 1_000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_MIN_LENGTH", 7),
        ("RESET_LINK_LIFETIME", timedelta(days=2)),
        ("ACCESS_TOKEN_LIFETIME", timedelta()),
        ("COOKIE_SAMESITE", "none of them"),
        ("SIGN_IN_ACCOUNT_LIMIT", "0/15m"),
        ("REGISTRATION_MODE", "open"),
    ],
)
def test_no_setting_takes_a_protection_away(name, value):
    assert AuthSettings.entries[name].problem_with(value)


@pytest.mark.django_db
def test_a_password_that_is_too_long_is_refused_without_a_query(
    api, django_assert_num_queries
):
    for password, status in (("x" * 257, 400), ("\U0001f40e" * 257, 400)):
        body = {"email": "ada@example.com", "password": password}
        with django_assert_num_queries(0):
            answer = api.post(f"{AUTH}session/", body)
        assert answer.status_code == status
        assert answer.json()["errors"][0]["code"] == "max_length"
    assert PASSWORD_MAX_LENGTH >= 64


@pytest.mark.django_db
def test_a_long_password_of_any_script_works(make_member, sign_in):
    password = "\U0001f40e \u0635\u062d\u064a\u062d \u00e9'\"<>&% " * 14

    opened = sign_in(make_member(password=password), password)

    assert 64 <= len(password) <= PASSWORD_MAX_LENGTH
    assert opened.works


def test_there_are_no_password_hints_and_no_forced_changes():
    names = {
        name.lower()
        for schema in document()["components"]["schemas"].values()
        for name in schema.get("properties", {})
    }

    assert not [name for name in names if "hint" in name or "question" in name]
    assert not [name for name in AuthSettings.entries if "EXPIR" in name]
