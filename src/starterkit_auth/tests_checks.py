import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.contrib.auth.base_user import AbstractBaseUser
from django.core import mail
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.validators import RegexValidator
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from model_bakery import baker

from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.checks import check_sign_up, check_signing_keys, user_model
from starterkit_auth.models import Challenge
from starterkit_auth.use_cases.create_account import CreateAccount


def ids(**kwargs):
    return [
        message.id
        for message in run_checks(tags=["starterkit"], **kwargs)
        if message.id.startswith("starterkit_auth.")
    ]


class Stricter(SessionAuthentication):
    """A host's own."""


@pytest.fixture
def live(monkeypatch):
    """The process is not one of Django's tests, as far as the checks can see."""
    monkeypatch.delattr(mail, "outbox")


@pytest.mark.needs_address
def test_a_project_with_good_settings_gets_no_message():
    assert ids() == []


@pytest.mark.needs_address
@pytest.mark.usefixtures("live")
@pytest.mark.parametrize(
    ("given", "debug", "expected"),
    [
        (["x" * 31], True, ["starterkit_auth.E001"]),
        (["x" * 32], False, []),
        (["é" * 16], False, []),
        (["x" * 40, "short"], False, ["starterkit_auth.E001"]),
        (["a", "b"], False, ["starterkit_auth.E001"] * 2),
        (["django-insecure-" + "x" * 50], False, ["starterkit_auth.E001"]),
        (["django-insecure-" + "x" * 50], True, []),
    ],
)
def test_e001_weak_and_placeholder_keys(settings, given, debug, expected):
    settings.STARTERKIT_AUTH, settings.DEBUG = {"SIGNING_KEYS": given}, debug

    assert ids() == expected


@pytest.mark.needs_address
@pytest.mark.usefixtures("live")
def test_e001_looks_at_the_key_of_the_project_and_its_fallbacks(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "short", ["django-insecure-x"]

    assert ids() == ["starterkit_auth.E001"] * 2


def test_e001_names_the_setting(settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "short", ["shorter"]
    django = [message.msg for message in check_signing_keys()]

    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["x" * 40, "short"]}
    [ours] = check_signing_keys()

    assert django == [
        "SECRET_KEY is shorter than 32 bytes.",
        "SECRET_KEY_FALLBACKS[0] is shorter than 32 bytes.",
    ]
    assert ours.msg.startswith("STARTERKIT_AUTH['SIGNING_KEYS'][1] is shorter")


def test_e001_never_shows_a_key(settings):
    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["sesame"]}

    [message] = check_signing_keys()

    assert "sesame" not in str(message)


@pytest.mark.needs_address
@pytest.mark.usefixtures("live")
def test_e002_a_cookie_without_https(settings):
    settings.STARTERKIT_AUTH = {"COOKIE_SECURE": False}

    assert ids() == ["starterkit_auth.E002"]

    settings.DEBUG = True
    assert ids() == []


@pytest.mark.needs_address
def test_e003_a_cookie_for_other_sites_without_https(settings):
    settings.DEBUG = True
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.net"]
    settings.STARTERKIT_AUTH = {"COOKIE_SECURE": False, "COOKIE_SAMESITE": "None"}

    assert ids() == ["starterkit_auth.E003"]

    settings.STARTERKIT_AUTH = {"COOKIE_SAMESITE": "None"}
    assert ids() == []


@pytest.mark.needs_address
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"COOKIE_SAMESITE": "None", "COOKIE_PARTITIONED": False}, ["W017"]),
        ({"COOKIE_SAMESITE": "Strict", "COOKIE_PARTITIONED": True}, ["W017"]),
        ({"COOKIE_SAMESITE": "Lax", "COOKIE_PARTITIONED": False}, []),
    ],
)
def test_w017_a_cookie_that_browsers_block_or_keep_whole(settings, given, expected):
    settings.CSRF_TRUSTED_ORIGINS = ["https://app.example.net"]
    settings.STARTERKIT_AUTH = given

    assert ids() == [f"starterkit_auth.{number}" for number in expected]


@pytest.mark.needs_address
def test_w018_a_cookie_for_sites_of_which_none_is_trusted(settings):
    settings.STARTERKIT_AUTH = {"COOKIE_SAMESITE": "None"}

    assert ids() == ["starterkit_auth.W018"]


@pytest.mark.needs_address
def test_e004_a_user_model_without_an_address(monkeypatch, django_user_model):
    monkeypatch.setattr(django_user_model, "EMAIL_FIELD", "nickname", raising=False)

    assert ids() == ["starterkit_auth.E004"]


class Filled(AbstractBaseUser):
    """A user model of a host whose columns need no value of a sign-up."""

    key = models.CharField(primary_key=True, max_length=32, default=uuid4)
    email = models.EmailField(unique=True)
    company = models.CharField(max_length=40)
    since = models.DateTimeField(auto_now_add=True)
    level = models.IntegerField(default=1)
    score = models.IntegerField(db_default=1)
    partner = models.ForeignKey("self", null=True, on_delete=models.CASCADE)

    USERNAME_FIELD = "email"

    class Meta:
        app_label = "starterkit_auth_tests"
        managed = False


DIGITS = RegexValidator(r"^\d+\Z")


class Unfilled(AbstractBaseUser):
    """A user model of a host whose columns do."""

    email = models.EmailField()
    phone = models.CharField(max_length=9, unique=True, validators=[DIGITS])
    branch = models.IntegerField()
    born = models.DateField()
    code = models.CharField(max_length=9, default="A")
    nickname = models.CharField(max_length=9)

    USERNAME_FIELD = "phone"

    class Meta:
        app_label = "starterkit_auth_tests"
        managed = False
        constraints = [models.UniqueConstraint(fields=["code"], name="one_code")]


class OwnAccount(CreateAccount):
    def user_fields(self):
        return super().user_fields()


@pytest.mark.parametrize(
    ("model", "columns"),
    [(Filled, ""), (Unfilled, "phone, branch, born, code")],
)
def test_w009_a_sign_up_leaves_columns_empty(settings, monkeypatch, model, columns):
    settings.STARTERKIT_OVERRIDES = {}
    monkeypatch.setattr(user_model, "get_user_model", lambda: model)

    found = [message.msg for message in check_sign_up()]

    text = f"A sign-up leaves columns of {model._meta.label} empty: {columns}."
    assert found == ([text] if columns else [])


@pytest.mark.parametrize(
    "path", [f"{__name__}.OwnAccount", "shop.nowhere.CreateAccount"]
)
def test_w009_leaves_it_to_a_step_of_the_project(settings, monkeypatch, path):
    monkeypatch.setattr(user_model, "get_user_model", lambda: Unfilled)
    settings.STARTERKIT_OVERRIDES = {CreateAccount.key: path}

    assert check_sign_up() == []


@pytest.mark.needs_address
@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("starterkit_auth.authentication.SessionAuthentication", []),
        (f"{__name__}.Stricter", []),
        (
            "rest_framework.authentication.SessionAuthentication",
            ["starterkit_auth.W001"],
        ),
    ],
)
def test_w001_drf_lacks_our_authenticator(settings, entry, expected):
    settings.REST_FRAMEWORK = settings.REST_FRAMEWORK | {
        "DEFAULT_AUTHENTICATION_CLASSES": [entry]
    }

    assert ids() == expected


@pytest.mark.needs_address
@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", []),
        ("starterkit_auth.services.pwned_passwords.PwnedPasswords", []),
        ("starterkit_auth.services.pwned_passwords.PREFIX", ["starterkit_auth.E005"]),
        ("starterkit_auth.services.pwned_passwords.Typo", ["starterkit_auth.E005"]),
        ("typo", ["starterkit_auth.E005"]),
    ],
)
def test_e005_a_breach_source_that_cannot_be_called(settings, path, expected):
    settings.STARTERKIT_AUTH = {"BREACH_CHECK": path}

    assert ids() == expected


def test_w002_each_process_would_count_for_itself(settings, tmp_path: Path):
    assert "starterkit_auth.W002" in ids(include_deployment_checks=True)

    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": str(tmp_path),
        }
    }
    assert "starterkit_auth.W002" not in ids(include_deployment_checks=True)


def test_w002_leaves_a_cache_that_cannot_be_imported_to_core(settings):
    settings.CACHES = {"default": {"BACKEND": "missing.Cache"}}

    found = ids(include_deployment_checks=True)

    assert "starterkit_auth.W002" not in found


def test_w030_more_hashes_at_once_than_cores(tune):
    tune(HASHES_AT_ONCE=os.cpu_count())
    assert "starterkit_auth.W030" not in ids(include_deployment_checks=True)

    tune(HASHES_AT_ONCE=os.cpu_count() + 1)
    assert "starterkit_auth.W030" in ids(include_deployment_checks=True)
    assert "starterkit_auth.W030" not in ids()


@pytest.mark.needs_address
@pytest.mark.parametrize(
    "given",
    [
        {"SIGN_IN_ACCOUNT_LIMIT": "often"},
        {"EMAIL_VERIFICATION": "maybe"},
        {"PASSWORD_MIN_LENGTH": 7},
        {"MAX_SESSIONS": 0},
        {"HASHES_AT_ONCE": 0},
        {"COOKIE_SAMESITE": "lax"},
        {"BREACH_URL": "http://example.com/"},
        {"RESET_LINK_LIFETIME": timedelta(hours=25)},
    ],
)
def test_core_refuses_invalid_values(settings, given):
    settings.STARTERKIT_AUTH = given

    found = [message.id for message in run_checks(tags=["starterkit"])]

    assert found == ["starterkit_core.E008"]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "starterkit_auth", check_changes=True, dry_run=True)


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "found"), [(7, []), (9, ["starterkit_auth.W003"])])
def test_w003_expired_rows_were_not_purged(member, days, found):
    then = timezone.now() - timedelta(days=days)
    baker.make(
        Challenge, user=member, expires_at=then, link_expires_at=then, key_id="00"
    )

    said = run_checks(
        tags=["database"], include_deployment_checks=True, databases=["default"]
    )

    assert [message.id for message in said] == found


@pytest.mark.django_db
def test_w003_runs_no_query_unless_databases_are_given():
    with CaptureQueriesContext(connection) as queries:
        run_checks(include_deployment_checks=True)

    table = Challenge._meta.db_table
    assert not [query for query in queries if table in query["sql"]]


@pytest.mark.parametrize(
    ("tuned", "wrong"),
    [
        ({"FRONTEND_URL": "app.example.com"}, True),
        ({"FRONTEND_URL": "//app.example.com"}, True),
        ({"FRONTEND_URL": "localhost:3000"}, True),
        ({"FRONTEND_URL": "https://app.example.com/x"}, False),
        ({"FRONTEND_URL": "myapp://open"}, False),
        ({"RESET_URL": "app.example.com/?token={token}"}, True),
        ({"RESET_URL": "https://app.example.com/reset"}, True),
        ({"RESET_URL": "{frontend}/reset?token={token}"}, False),
        ({"RESET_URL": ""}, False),
    ],
)
def test_e008_a_link_that_no_mail_client_follows(settings, tuned, wrong):
    settings.STARTERKIT_AUTH = tuned

    found = [it for it in run_checks(tags=["starterkit"]) if it.id.endswith("E008")]
    assert [next(iter(tuned)) in it.msg for it in found] == ([True] if wrong else [])
