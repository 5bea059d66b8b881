"""POST v1/registration/: one answer for every address; only the mail differs."""

import json

import django
import pytest
from django.contrib.auth import get_user_model
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from model_bakery import baker
from rest_framework import serializers

from starterkit_auth.models import Challenge, EmailAddress, session_model
from starterkit_auth.services import addresses
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
from .use_case import Register

pytestmark = pytest.mark.django_db

KEY = "starterkit_auth.v1.registration.post"
OTHER_PASSWORD = "a rose is a rose is a rose"


def user_of(email):
    account = addresses.look_up(email)
    return account and account.user


def names_of(user):
    fields = {field.name for field in type(user)._meta.concrete_fields}
    return [name for name in ("first_name", "last_name") if name in fields]


def test_makes_an_account_and_mails_a_code_and_a_link(sign_up, mailbox, secrets_in):
    response = sign_up("Ada@Example.com")

    assert response.status_code == 202
    assert response.json() == {
        "email": "Ada@Example.com",
        "status": "confirmation_sent",
    }
    [mail] = mailbox
    assert mail.to == ["Ada@Example.com"]
    assert len(secrets_in(mail).code) == 6
    assert secrets_in(mail).token.startswith("skl_")
    html, _type = mail.alternatives[0]
    assert secrets_in(mail).code in html
    assert secrets_in(mail).token in html
    account = addresses.look_up("ada@EXAMPLE.com")
    assert account.user.check_password(PASSWORD)
    assert account.user.is_active
    assert not account.verified


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
    assert not Challenge.objects.exists()


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
    assert response.json() == unknown.json() | {"email": "grace@example.com"}
    assert headers_of(response) == headers_of(unknown)


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


@pytest.mark.parametrize("state", ["verified", "legacy", "inactive"])
def test_leaves_an_account_that_is_in_use_unchanged(sign_up, in_state, mailbox, state):
    in_state(state, "ada@example.com")
    before = user_of("ada@example.com").password

    response = sign_up("ADA@example.com", OTHER_PASSWORD)

    assert response.status_code == 202
    assert user_of("ada@example.com").password == before
    assert get_user_model().objects.count() == 1
    assert not Challenge.objects.exists()
    [mail] = mailbox
    assert mail.to == ["ada@example.com"]
    assert "already have an account" in mail.subject


def test_discards_a_registration_that_was_never_confirmed(
    sign_up, confirm, mailbox, secrets_in
):
    sign_up("ada@example.com", PASSWORD)
    first = user_of("ada@example.com")
    for name in names_of(first):
        setattr(first, name, "Mallory")
    first.save()
    session = baker.make(
        session_model(),
        user=first,
        revoked_at=None,
        confirmed_generation=0,
        expires_at="2100-01-01T00:00Z",
        idle_expires_at="2100-01-01T00:00Z",
    )

    response = sign_up("Ada@example.com", OTHER_PASSWORD)

    assert response.status_code == 202
    user = user_of("ada@example.com")
    assert user.pk == first.pk
    assert user.check_password(OTHER_PASSWORD)
    assert [getattr(user, name) for name in names_of(user)] == [""] * len(
        names_of(user)
    )
    assert addresses.mailbox_of(user) == "Ada@example.com"
    session.refresh_from_db()
    assert session.revoked_at is not None
    former, newer = (secrets_in(mail) for mail in mailbox)
    assert confirm(token=former.token).status_code == 400
    assert confirm(token=newer.token).status_code == 201


def test_an_account_that_was_ever_used_is_not_given_away(sign_up, make_user):
    user = make_user(**{get_user_model().get_email_field_name(): "ada@example.com"})
    addresses.assign(user, "ada@example.com")
    user.last_login = "2026-01-01T00:00Z"
    user.save()

    sign_up("ada@example.com", OTHER_PASSWORD)

    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_without_verification_no_client_takes_an_unproven_account_over(
    sign_up, mailbox, tune
):
    tune(EMAIL_VERIFICATION="off")
    sign_up("ada@example.com", PASSWORD)

    response = sign_up("ada@example.com", OTHER_PASSWORD)

    assert response.status_code == 202
    assert user_of("ada@example.com").check_password(PASSWORD)
    assert "already have an account" in mailbox[1].subject


@pytest.mark.parametrize(
    ("state", "status"),
    [("verified", 409), ("legacy", 409), ("unverified", 202), ("unknown", 202)],
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


def test_a_new_account_may_have_the_address_that_another_gave_up(sign_up, make_user):
    field = get_user_model().get_email_field_name()
    former = make_user(**{field: "ada@example.com"})
    addresses.assign(former, "ada@example.com", verified=True)
    setattr(former, field, "lovelace@example.com")
    former.save()

    sign_up("ada@example.com")

    assert user_of("ada@example.com") != former
    assert user_of("lovelace@example.com") == former


def test_ignores_undeclared_fields(sign_up):
    sign_up(is_staff=True, is_superuser=True, is_active=False, id=7, verified=True)

    user = user_of("ada@example.com")
    assert user.is_active
    assert not getattr(user, "is_staff", False)
    assert not getattr(user, "is_superuser", False)
    assert not addresses.look_up("ada@example.com").verified


@pytest.mark.parametrize("state", ["unknown", "unverified", "verified"])
def test_many_mails_to_one_address_are_answered_as_before_and_not_sent(
    sign_up, in_state, mailbox, tune, state
):
    tune(RESEND_ADDRESS_LIMIT="2/1h")
    in_state(state, "ada@example.com")
    before = [sign_up(), sign_up("ADA@example.com")]
    password = user_of("ada@example.com").password

    response = sign_up("ada@EXAMPLE.com", OTHER_PASSWORD)

    assert response.status_code == 202
    assert headers_of(response) == headers_of(before[0])
    assert len(mailbox) == 2
    assert user_of("ada@example.com").password == password


def test_too_many_sign_ups_from_one_network_are_refused(sign_up, tune):
    tune(REGISTRATION_NETWORK_LIMIT="2/1h")
    sign_up("one@example.com")
    sign_up("two@example.com")

    response = sign_up("three@example.com")

    assert response.status_code == 429
    assert response.json()["code"] == "rate_limited"
    assert int(response.headers["Retry-After"]) > 0
    assert user_of("three@example.com") is None


def test_no_code_and_no_link_token_is_stored(sign_up, mailbox, secrets_in):
    sign_up()

    found = secrets_in(mailbox[0])
    rows = [*Challenge.objects.values(), *EmailAddress.objects.values()]
    stored = json.dumps([*rows, *AuditEvent.objects.values()], default=repr)
    assert found.code not in stored
    assert found.token not in stored
    assert PASSWORD not in stored


def test_records_a_registration_without_the_address(sign_up):
    sign_up()

    event = AuditEvent.objects.get(action="auth.registered")
    assert event.subject_id == str(user_of("ada@example.com").pk)
    assert "ada" not in json.dumps(event.facts)


def test_sends_its_signal_once_the_account_is_saved(sign_up, received):
    signals = received(account_registered)

    sign_up("Ada@example.com")
    sign_up("ada@example.com")

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
    assert user_of("ada@example.com") is not None


def use_backend(settings, path):
    if django.VERSION >= (6, 1):
        settings.MAILERS = {"default": {"BACKEND": path}}
    else:
        settings.EMAIL_BACKEND = path


class WelcomingRegister(Register.active()):
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
        KEY: {
            "use_case": f"{__name__}.WelcomingRegister",
            "request": f"{__name__}.WelcomingRequest",
        }
    }


def test_a_host_can_add_a_field_and_replace_a_step(sign_up, overridden):
    refused = sign_up()
    response = sign_up(called="Ada")

    assert refused.json()["errors"][0]["pointer"] == "/called"
    assert response.status_code == 202
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


def test_a_requirement_saves_its_field_at_each_registration(sign_up, invitation):
    sign_up(invitation="golden")
    sign_up(invitation="golden")

    user = user_of("ada@example.com")
    assert Invitation.kept == [(user.pk, "golden", "127.0.0.1")] * 2
    assert user.check_password(PASSWORD)


def test_the_api_document_shows_a_requirement(invitation):
    body = documented_body()

    assert "invitation" in body["required"]
    assert body["properties"]["password"]["maxLength"] == 256
    name = operation()["responses"]["400"]["$ref"].rpartition("/")[2]
    refused = document()["components"]["responses"][name]
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
def test_many_registrations_of_one_address_at_once_make_one_account(at_once, tune):
    tune(RESEND_ADDRESS_LIMIT="1000/1h")
    url = reverse("starterkit_auth:registration")
    spellings = [
        "ada@example.com",
        "ADA@example.com",
        "Ada@Example.COM",
        "aDA@eXample.com",
    ]

    def call(number):
        api = ApiClient()
        email = spellings[number % len(spellings)]
        return api.post(url, {"email": email, "password": PASSWORD})

    answers = at_once(PARALLEL, call)

    assert {answer.status_code for answer in answers} == {202}
    assert get_user_model()._default_manager.count() == 1
    assert EmailAddress.objects.count() == 1
    assert Challenge.objects.open().count() == 1
    assert user_of("ada@example.com").check_password(PASSWORD)
