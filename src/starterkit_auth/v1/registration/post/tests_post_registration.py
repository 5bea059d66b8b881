"""POST v1/registration/: one answer for every address; only the mail differs."""

import json
import re

import django
import pytest
from django.contrib.auth import get_user_model
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from starterkit_auth.models import EmailAddress, PendingRegistration
from starterkit_auth.services import addresses
from starterkit_auth.use_cases.create_account import CreateAccount
from starterkit_auth.v1.registration.conftest import PARALLEL
from starterkit_core.errors import DomainError
from starterkit_core.http.fields import TextField
from starterkit_core.http.shared_serializers import forget_shared
from starterkit_core.models import AuditEvent
from starterkit_core.ports import sign_up as port
from starterkit_core.signals import account_registered
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.hashers import CountingHasher
from starterkit_core.testing.plugin import PASSWORD

from .serializers import RegisterRequest

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.registration.post"
OTHER_PASSWORD = "a rose is a rose is a rose"


def user_of(email):
    account = addresses.look_up(email)
    return account and account.user


def names_of(user):
    fields = {field.name for field in type(user)._meta.concrete_fields}
    return [name for name in ("first_name", "last_name") if name in fields]


def test_saves_the_sign_up_and_mails_a_code_and_a_link(sign_up, mailbox, secrets_in):
    response = sign_up("Ada@Example.com")

    assert response.status_code == 202
    answer = response.json()
    assert answer.keys() == {"status", "registration_token"}
    assert re.fullmatch(r"skg_[\w-]{64}", answer["registration_token"])
    [mail] = mailbox
    assert mail.to == ["Ada@Example.com"]
    assert len(secrets_in(mail).code) == 6
    assert secrets_in(mail).token.startswith("skl_")
    html, _type = mail.alternatives[0]
    assert secrets_in(mail).code in html
    assert secrets_in(mail).token in html
    assert PendingRegistration.objects.get().address == "Ada@Example.com"


def test_no_account_is_saved_before_its_address_is_proven(sign_up):
    sign_up()

    assert not get_user_model()._base_manager.exists()
    assert not EmailAddress.objects.exists()


def test_the_mail_has_no_link_without_a_place_for_it(sign_up, mailbox, tune):
    tune(FRONTEND_URL="")

    sign_up()

    texts = mailbox[0].body + mailbox[0].alternatives[0][0]
    assert "http" not in mailbox[0].body
    assert "skl_" not in texts
    assert "link" not in texts


def test_the_link_comes_from_the_settings_alone(api, mailbox, settings):
    settings.ALLOWED_HOSTS = ["*"]
    body = {"email": "ada@example.com", "password": PASSWORD}

    api.post(
        reverse("starterkit_auth:registration"),
        body,
        headers={"host": "evil.example", "x-forwarded-host": "evil.example"},
    )

    assert "evil" not in mailbox[0].body + mailbox[0].alternatives[0][0]


@pytest.mark.parametrize(
    "change",
    [
        {"email": None},
        {"email": ""},
        {"email": ["ada@example.com"]},
        {"email": {"address": "ada@example.com"}},
        {"email": True},
        {"email": 1},
        {"email": "ada"},
        {"email": "ada@example.com\x00"},
        {"email": "ada\u202e@example.com"},
        {"email": "ada@example.com\r\nBcc: eve@example.com"},
        {"email": "a" * 250 + "@example.com"},
        {"password": None},
        {"password": 123456789012},
        {"password": [PASSWORD]},
        {"password": "\x00" + PASSWORD},
        {"password": "x" * 257},
    ],
)
def test_refuses_a_malformed_field(sign_up, mailbox, change):
    response = sign_up(**{"email": "ada@example.com", "password": PASSWORD} | change)

    assert response.status_code == 400
    problem = response.json()
    assert problem["code"] == "validation_error"
    assert [error["pointer"] for error in problem["errors"]] == [
        f"/{name}" for name in change
    ]
    assert PASSWORD not in response.content.decode()
    assert mailbox == []


@pytest.mark.parametrize(
    "body",
    [
        '["ada@example.com"]',
        '{"email": "ada@example.com", "password": "\\ud800 is half a character"}',
        '{"email": "\\udfff@example.com", "password": "correct horse battery"}',
        '{"email": "ada@example.com"',
        "null",
    ],
)
def test_refuses_a_malformed_body(api, body):
    url = reverse("starterkit_auth:registration")

    response = api.post(url, body, content_type="application/json")

    assert response.status_code == 400


@pytest.mark.parametrize("state", ["unknown", "verified", "unverified"])
@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "password_too_short"),
        ("Password1234", "password_too_common"),
        ("ada.lovelace@example.com", "password_too_similar"),
    ],
)
def test_refuses_a_weak_password_with_or_without_an_account(
    sign_up, in_state, state, password, reason
):
    in_state(state, "ada.lovelace@example.com")

    response = sign_up("ada.lovelace@example.com", password)

    assert response.status_code == 400
    assert response.json()["code"] == "weak_password"
    assert reason in [entry["code"] for entry in response.json()["reasons"]]
    assert not PendingRegistration.objects.exists()


@pytest.mark.parametrize(
    "state", ["verified", "unverified", "legacy", "inactive", "unknown"]
)
def test_the_answer_does_not_reveal_whether_there_is_an_account(
    sign_up, in_state, state
):
    in_state(state, "grace@example.com")
    unknown = sign_up("ada@example.com")

    response = sign_up("grace@example.com")

    assert response.status_code == unknown.status_code
    assert shape_of(response) == shape_of(unknown)
    assert headers_of(response) == headers_of(unknown)


def shape_of(response):
    """Return the body, each character of the random token as an ``x``."""
    answer = response.json()
    token = re.sub(r"[\w-]", "x", answer.pop("registration_token"))
    return answer, token


def headers_of(response):
    ours = {"X-Request-ID", "Content-Length"}
    return {name: value for name, value in response.items() if name not in ours}


@pytest.mark.parametrize("mails", ["1/1h", "100/1h"])
@pytest.mark.parametrize("state", ["unknown", "verified", "unverified", "legacy"])
def test_hashes_one_password_with_or_without_an_account(
    sign_up, in_state, settings, state, mails
):
    in_state(state, "ada@example.com")
    settings.STARTERKIT_AUTH = {"RESEND_ADDRESS_LIMIT": mails}
    sign_up()
    settings.PASSWORD_HASHERS = ["starterkit_core.testing.hashers.CountingHasher"]
    CountingHasher.computed.clear()

    sign_up()

    assert CountingHasher.computed == [PASSWORD]


@pytest.mark.parametrize("state", ["unknown", "verified", "unverified", "inactive"])
def test_runs_the_same_statements_with_or_without_an_account(
    sign_up, in_state, django_assert_num_queries, state
):
    in_state(state, "ada@example.com")

    # The savepoint, the sign-up; then the mail: sign-up, address, account.
    with django_assert_num_queries(6):
        sign_up()


@pytest.mark.parametrize("state", ["verified", "unverified", "legacy", "inactive"])
def test_leaves_an_account_unchanged_and_tells_its_owner(
    sign_up, in_state, mailbox, state
):
    in_state(state, "ada@example.com")
    before = user_of("ada@example.com").password

    response = sign_up("ADA@example.com", OTHER_PASSWORD)

    assert response.status_code == 202
    assert user_of("ada@example.com").password == before
    assert get_user_model().objects.count() == 1
    [mail] = mailbox
    assert mail.to == ["ada@example.com"]
    assert "already have an account" in mail.subject
    assert "skl_" not in mail.body


def test_without_verification_the_account_is_saved_at_once(
    sign_up, confirm, mailbox, secrets_in, tune
):
    tune(EMAIL_VERIFICATION="off")

    response = sign_up()

    account = addresses.look_up("ada@example.com")
    assert account.user.check_password(PASSWORD)
    assert not account.verified
    token = response.json()["registration_token"]
    code = secrets_in(mailbox[0]).code
    assert confirm(registration_token=token, code=code).status_code == 201
    assert addresses.look_up("ada@example.com").verified


def test_without_verification_no_client_takes_an_account_over(sign_up, mailbox, tune):
    tune(EMAIL_VERIFICATION="off")
    first = sign_up("ada@example.com", PASSWORD)

    response = sign_up("ada@example.com", OTHER_PASSWORD)

    assert response.status_code == 202
    assert shape_of(response) == shape_of(first)
    assert user_of("ada@example.com").check_password(PASSWORD)
    assert "already have an account" in mailbox[1].subject


@pytest.mark.parametrize(
    ("state", "status"),
    [("verified", 409), ("legacy", 409), ("unverified", 409), ("unknown", 202)],
)
def test_a_friendly_project_reveals_that_there_is_an_account(
    sign_up, in_state, tune, state, status
):
    tune(REGISTRATION_MODE="friendly")
    in_state(state, "ada@example.com")

    response = sign_up()

    assert response.status_code == status
    if status == 409:
        assert response.json()["code"] == "email_taken"


def test_a_new_account_may_have_the_address_that_another_gave_up(
    ask, confirm, make_user
):
    field = get_user_model().get_email_field_name()
    former = make_user(**{field: "ada@example.com"})
    addresses.assign(former, "ada@example.com", verified=True)
    setattr(former, field, "lovelace@example.com")
    former.save()

    confirm(**ask("ada@example.com").by("code"))

    assert user_of("ada@example.com") not in (None, former)
    assert user_of("lovelace@example.com") == former


def test_ignores_undeclared_fields(ask, confirm):
    more = {"is_staff": True, "is_superuser": True, "is_active": False, "id": 7}

    confirm(**ask(**more).by("code"))

    assert PendingRegistration.objects.count() == 0
    user = user_of("ada@example.com")
    assert user.is_active
    assert not getattr(user, "is_staff", False)
    assert not getattr(user, "is_superuser", False)


@pytest.mark.parametrize("state", ["unknown", "unverified", "verified"])
def test_many_mails_to_one_address_are_answered_as_before_and_not_sent(
    sign_up, in_state, mailbox, tune, state
):
    tune(RESEND_ADDRESS_LIMIT="2/1h")
    in_state(state, "ada@example.com")
    before = [sign_up(), sign_up("ADA@example.com")]

    response = sign_up("ada@EXAMPLE.com", OTHER_PASSWORD)

    assert response.status_code == 202
    assert headers_of(response) == headers_of(before[0])
    assert shape_of(response) == shape_of(before[0])
    assert len(mailbox) == 2
    assert PendingRegistration.objects.count() == 2


def test_too_many_sign_ups_from_one_network_are_refused(sign_up, tune):
    tune(REGISTRATION_NETWORK_LIMIT="2/1h")
    sign_up("one@example.com")
    sign_up("two@example.com")

    response = sign_up("three@example.com")

    assert response.status_code == 429
    assert response.json()["code"] == "rate_limited"
    assert int(response.headers["Retry-After"]) > 0
    assert PendingRegistration.objects.count() == 2


def test_no_code_and_no_token_is_stored(sign_up, mailbox, secrets_in):
    given = sign_up().json()["registration_token"]

    found = secrets_in(mailbox[0])
    rows = [*PendingRegistration.objects.values(), *AuditEvent.objects.values()]
    stored = json.dumps(rows, default=repr)
    assert found.code not in stored
    assert found.token not in stored
    assert given not in stored
    assert PASSWORD not in stored


def test_records_a_registration_without_the_address(ask, confirm):
    confirm(**ask().by("code"))

    event = AuditEvent.objects.get(action="auth.registered")
    assert event.subject_id == str(user_of("ada@example.com").pk)
    assert "ada" not in json.dumps(event.facts)


def test_sends_its_signal_once_the_account_is_saved(ask, confirm, received):
    signals = received(account_registered)

    waiting = ask("Ada@example.com")
    assert signals == []
    confirm(**waiting.by("code"))

    [facts] = signals
    assert facts["user"] == user_of("ada@example.com")
    assert facts["address"] == "Ada@example.com"


class BrokenBackend(BaseEmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages):
        raise OSError


@pytest.mark.parametrize("state", ["unknown", "verified"])
def test_a_mail_server_that_is_down_does_not_change_the_answer(
    sign_up, in_state, settings, state
):
    in_state(state, "ada@example.com")
    usual = sign_up("grace@example.com")
    use_backend(settings, f"{__name__}.BrokenBackend")

    response = sign_up("ada@example.com")

    assert response.status_code == 202
    assert headers_of(response) == headers_of(usual)
    assert shape_of(response) == shape_of(usual)


def use_backend(settings, path):
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": path}}
    else:
        settings.EMAIL_BACKEND = path


class WelcomingAccount(CreateAccount.active()):
    """A host's own: one value of the new user comes from an extra field."""

    def user_fields(self):
        [name] = names_of(get_user_model()())[:1]
        return super().user_fields() | {name: self.input.extra["called"]}


class WelcomingRequest(RegisterRequest):
    """A host's own: asks for a name."""

    called = TextField(max_length=40)


@pytest.fixture
def overridden(settings):
    settings.STARTERKIT_OVERRIDES = {
        **getattr(settings, "STARTERKIT_OVERRIDES", {}),
        KEY: {"request": f"{__name__}.WelcomingRequest"},
        CreateAccount.key: f"{__name__}.WelcomingAccount",
    }


def test_a_host_can_add_a_field_and_replace_a_step(sign_up, ask, confirm, overridden):
    refused = sign_up()
    response = confirm(**ask(called="Ada").by("code"))

    assert refused.json()["errors"][0]["pointer"] == "/called"
    assert response.status_code == 201
    user = user_of("ada@example.com")
    assert getattr(user, names_of(user)[0]) == "Ada"


def test_the_api_document_shows_a_field_that_a_host_added(overridden):
    assert "called" in documented_body()["properties"]


class HasInvitation(DomainError):
    code = "no_such_invitation"
    message = "There is no such invitation."


class Invitation:
    """A sign-up requirement of a project: an invitation."""

    name = "invitation"
    raises = (HasInvitation,)
    kept: list[tuple] = []

    def fields(self):
        return {
            "invitation": serializers.CharField(max_length=20),
            "password": serializers.CharField(help_text="not this one"),
        }

    def validate(self, given):
        if given["invitation"] != "golden":
            raise HasInvitation

    def commit(self, user, given, client):
        assert user.pk
        self.kept.append((user.pk, given["invitation"], client.address))


@pytest.fixture
def invitation(no_requirements):
    requirement = Invitation()
    port.register(requirement)
    forget_shared()
    Invitation.kept.clear()
    yield requirement
    port.unregister(requirement.name)
    forget_shared()


@pytest.mark.parametrize("state", ["unknown", "verified"])
def test_a_requirement_refuses_with_or_without_an_account(
    sign_up, in_state, mailbox, invitation, state
):
    in_state(state, "ada@example.com")

    missing, wrong = sign_up(), sign_up(invitation="silver")

    assert missing.json()["errors"][0]["pointer"] == "/invitation"
    assert wrong.status_code == 400
    assert wrong.json()["code"] == "no_such_invitation"
    assert mailbox == []


def test_a_requirement_saves_its_field_with_the_account(ask, confirm, invitation):
    waiting = ask(invitation="golden")
    assert Invitation.kept == []

    confirm(**waiting.by("code"))

    user = user_of("ada@example.com")
    assert Invitation.kept == [(user.pk, "golden", "127.0.0.1")]


def test_the_api_document_shows_a_requirement(invitation):
    body = documented_body()

    assert "invitation" in body["required"]
    assert body["properties"]["password"]["maxLength"] == 256
    refused = operation()["responses"]["400"]
    assert "no_such_invitation" in json.dumps(refused, default=str)


def test_the_api_document_shows_the_answers_of_this_project(tune):
    strict = json.dumps(operation()["responses"], default=str)
    tune(REGISTRATION_MODE="friendly")
    friendly = json.dumps(operation()["responses"], default=str)

    assert "409" not in strict
    assert "409" in friendly
    assert "202" in strict


def document():
    return SchemaGenerator().get_schema(request=None, public=True)


def operation():
    return document()["paths"][reverse("starterkit_auth:registration")]["post"]


def documented_body():
    found = document()
    path = reverse("starterkit_auth:registration")
    content = found["paths"][path]["post"]["requestBody"]["content"]
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return found["components"]["schemas"][name]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("mode", "others"), [("strict", 202), ("friendly", 409)])
def test_without_verification_one_of_many_sign_ups_at_once_is_the_account(
    at_once, tune, mode, others
):
    tune(
        EMAIL_VERIFICATION="off",
        REGISTRATION_MODE=mode,
        REGISTRATION_NETWORK_LIMIT="1000/1h",
        RESEND_ADDRESS_LIMIT="1000/1h",
        HASHES_AT_ONCE=PARALLEL,
    )

    def call(number):
        body = {"email": "ada@example.com", "password": f"a good password {number}"}
        return ApiClient().post(reverse("starterkit_auth:registration"), body)

    answers = at_once(PARALLEL, call)

    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [202] + [others] * (PARALLEL - 1)
    assert get_user_model()._base_manager.count() == 1
