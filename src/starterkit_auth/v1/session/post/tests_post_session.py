"""POST v1/session: what the caller sees, then what the rules promise."""

from datetime import timedelta
from http import HTTPStatus
from statistics import median
from time import perf_counter, sleep
from typing import Any, ClassVar, NoReturn

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.errors import InvalidCredentials
from starterkit_auth.models import session_model
from starterkit_auth.services import (
    addresses,
    challenges,
    retention,
    user_addresses,
)
from starterkit_auth.services.purposes import Purpose
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.hashers import CountingHasher
from starterkit_core.testing.plugin import PASSWORD

from .use_case import SignIn

URL = reverse("starterkit_auth:session")

pytestmark = pytest.mark.django_db


@pytest.fixture
def hashes(settings):
    """Return the class that counts; make users after asking for it."""
    settings.PASSWORD_HASHERS = ["starterkit_core.testing.hashers.CountingHasher"]
    return CountingHasher


@pytest.fixture
def body_of():
    """Return the body of a sign-in: ``body_of(user, **fields)``."""

    def make(user, **fields):
        return {"email": user_addresses.address_of(user), "password": PASSWORD} | fields

    return make


def reasons():
    rows = AuditEvent.objects.filter(action="auth.sign_in_refused").order_by("pk")
    return [row.facts["reason"] for row in rows]


def test_opens_a_session_with_tokens(api, bearer, member, body_of):
    client = {"device_name": "Ada's phone", "platform": "iOS", "app_version": "4.2"}

    response = api.post(
        URL,
        body_of(member, client=client),
        HTTP_USER_AGENT="App/4",
        REMOTE_ADDR="203.0.113.9",
    )

    body = response.json()
    assert response.status_code == HTTPStatus.CREATED
    assert body.keys() == {
        "access_token",
        "token_type",
        "expires_in",
        "refresh_token",
        "transport",
        "session",
        "user",
    }
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert body["user"] == {
        "id": str(member.pk),
        "email": user_addresses.address_of(member),
    }
    assert (
        body["session"]
        | client
        | {
            "transport": "bearer",
            "user_agent": "App/4",
            "address": "203.0.113.0/24",
        }
        == body["session"]
    )
    assert not response.cookies
    assert response["Cache-Control"] == "no-store"
    assert bearer(body["access_token"]).get(URL).status_code == HTTPStatus.OK


def test_gives_a_browser_one_cookie_and_no_token(browser, member, body_of):
    client = browser()

    response = client.post(URL, body_of(member, client={"transport": "cookie"}))

    cookie = response.cookies["__Host-starterkit"]
    assert response.status_code == HTTPStatus.CREATED
    assert response.json().keys() == {"transport", "session", "user"}
    assert cookie.value not in response.text
    assert cookie["httponly"]
    assert cookie["secure"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert cookie["domain"] == ""
    assert cookie["max-age"] == pytest.approx(90 * 86_400, abs=2)
    assert client.get(URL).status_code == HTTPStatus.OK


def test_a_cookie_that_is_replaced_signs_its_session_out(
    browser, member, body_of, open_for, make_user
):
    former, elsewhere = open_for(make_user(), "cookie"), open_for(member, "cookie")

    response = browser(former).post(
        URL, body_of(member, client={"transport": "cookie"})
    )

    assert response.status_code == HTTPStatus.CREATED
    assert browser(former).get(URL).status_code == HTTPStatus.UNAUTHORIZED
    assert browser(elsewhere).get(URL).status_code == HTTPStatus.OK
    event = AuditEvent.objects.get(action="auth.signed_out")
    assert event.facts["session"] == str(former.session.pk)


def test_a_refused_sign_in_leaves_the_cookie_and_its_session(
    browser, member, body_of, open_for
):
    former = open_for(member, "cookie")
    body = body_of(member, password="wrong", client={"transport": "cookie"})

    response = browser(former).post(URL, body)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert browser(former).get(URL).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "https://evil.test"},
        {"HTTP_USER_AGENT": "says neither"},
    ],
)
def test_sets_no_cookie_for_another_site(browser, member, body_of, headers):
    body = body_of(member, client={"transport": "cookie"})

    response = browser(**headers).post(URL, body)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "cross_site_request"
    assert not response.cookies
    assert not session_model().objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": "ada@example.com"},
        {"email": "no address", "password": "x"},
        {"email": ["ada@example.com"], "password": "x"},
        {"email": "ada@example.com", "password": ["x"]},
        {"email": "ada@example.com", "password": None},
        {"email": "ada@example.com", "password": 1},
        {"email": "ada@example.com", "password": ""},
        {"email": "ada@example.com", "password": "x" * 257},
        {"email": "a" * 250 + "@example.com", "password": "x"},
        {"email": "ada\x00@example.com", "password": "x"},
        {"email": "ada@example.com", "password": "x", "client": "phone"},
        {"email": "ada@example.com", "password": "x", "client": {"transport": "x"}},
        {"email": "ada@example.com", "password": "x", "client": {"platform": "\x00"}},
        {"email": "ada@example.com", "password": "x", "client": {"platform": "x" * 33}},
        [],
        "text",
    ],
)
def test_refuses_a_malformed_body(api, body, hashes):
    before = len(hashes.computed)

    response = api.post(URL, body)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"
    assert len(hashes.computed) == before


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "text/plain"])
def test_refuses_the_content_types_of_html_forms(api, kind):
    response = api.generic("POST", URL, "{}", content_type=kind)

    assert response.status_code == HTTPStatus.UNSUPPORTED_MEDIA_TYPE


def test_takes_the_address_in_any_spelling_and_the_password_in_one(
    api, member, body_of
):
    shouted = user_addresses.address_of(member).upper()

    loud = api.post(URL, body_of(member, email=shouted))
    trimmed = api.post(URL, body_of(member, password=f" {PASSWORD} "))

    assert loud.status_code == HTTPStatus.CREATED
    assert trimmed.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "case", ["unknown", "wrong", "inactive", "unusable", "inactive and wrong"]
)
def test_refuses_alike_at_the_price_of_one_hash(api, hashes, make_user, body_of, case):
    user = make_user(is_active="inactive" not in case)
    body = body_of(user)
    if case == "unknown":
        body["email"] = "nobody@example.com"
    if "wrong" in case:
        body["password"] = "something else"
    if case == "unusable":
        user.set_unusable_password()
        user.save()
    before = len(hashes.computed)

    response = api.post(URL, body)

    problem = response.json()
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert problem.pop("request_id")
    assert problem == {
        "type": problem["type"],
        "title": "Invalid credentials",
        "status": 401,
        "detail": "The e-mail address or the password is not right.",
        "instance": URL,
        "code": "invalid_credentials",
    }
    assert response["WWW-Authenticate"]
    assert len(hashes.computed) == before + 1
    assert len(reasons()) == 1


@pytest.mark.slow
def test_an_unknown_address_takes_as_long_as_a_wrong_password(settings, make_user, api):
    """A coarse form of C024, on hashes at their real cost."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "1000/1s"}
    known = user_addresses.address_of(make_user())

    def took(email):
        start = perf_counter()
        api.post(URL, {"email": email, "password": "wrong password"})
        return perf_counter() - start

    pairs = [(took(known), took("nobody@example.com")) for _ in range(9)]

    known_took, unknown_took = (median(times) for times in zip(*pairs, strict=True))
    assert abs(known_took - unknown_took) < max(0.5 * known_took, 0.005)


def test_reveals_an_unproven_address_only_after_the_right_password(
    api, user, body_of, mailbox
):
    wrong = api.post(URL, body_of(user, password="something else"))
    assert wrong.json()["code"] == "invalid_credentials"
    assert not mailbox

    right = api.post(URL, body_of(user))

    assert right.status_code == HTTPStatus.FORBIDDEN
    assert right.json()["code"] == "email_unverified"
    assert [mail.to for mail in mailbox] == [[user_addresses.address_of(user)]]
    assert not session_model().objects.exists()


def test_a_project_can_do_without_proof(api, user, body_of, settings, mailbox):
    settings.STARTERKIT_AUTH = {"EMAIL_VERIFICATION": "off"}

    response = api.post(URL, body_of(user))

    assert response.status_code == HTTPStatus.CREATED
    assert not mailbox


def test_the_event_of_a_refusal_is_not_rolled_back(api, member, body_of):
    api.post(URL, body_of(member, password="wrong"), REMOTE_ADDR="203.0.113.9")

    event = AuditEvent.objects.get(action="auth.sign_in_refused")
    assert event.subject_id == str(member.pk)
    assert event.actor_id == ""
    assert event.facts == {"reason": "wrong", "method": "password"}


def test_sends_its_signal_once_the_session_is_saved(api, member, body_of, received):
    started = received(signals.session_started)

    response = api.post(URL, body_of(member))

    session = response.json()["session"]["id"]
    event = AuditEvent.objects.get(action="auth.signed_in")
    member.refresh_from_db()
    assert [str(facts["session"].pk) for facts in started] == [session]
    assert started[0]["user"] == member
    assert (event.actor_id, event.facts["session"]) == (str(member.pk), session)
    assert member.last_login


def test_each_sign_in_has_an_identifier_of_its_own(api, member, body_of, opened):
    """No value that the client had before becomes a credential (C031)."""
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {opened.access_token}")

    ids = {api.post(URL, body_of(member)).json()["session"]["id"] for _ in range(2)}

    assert len(ids) == 2
    assert str(opened.session.pk) not in ids


def test_a_dead_token_or_cookie_is_no_obstacle(api, member, body_of):
    api.cookies["__Host-starterkit"] = "dead"

    response = api.post(URL, body_of(member), HTTP_AUTHORIZATION="Bearer dead")

    assert response.status_code == HTTPStatus.CREATED


def test_limits_one_account_under_every_spelling(api, hashes, member, body_of):
    address = user_addresses.address_of(member)
    spellings = [address, address.upper(), address.title(), f" {address}"]
    for number in range(10):
        body = body_of(member, email=spellings[number % 4], password="wrong")
        assert api.post(URL, body).status_code == HTTPStatus.UNAUTHORIZED
    before = len(hashes.computed)

    response = api.post(URL, body_of(member))

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(response["Retry-After"]) > 0
    assert response.json()["code"] == "rate_limited"
    assert len(hashes.computed) == before


def test_limits_an_unknown_account_too(api):
    body = {"email": "nobody@example.com", "password": "wrong"}

    statuses = [api.post(URL, body).status_code for _ in range(11)]

    assert statuses == [401] * 10 + [429]


def test_a_success_starts_the_count_of_its_account_anew(api, member, body_of, settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "2/1h"}
    for _ in range(3):
        wrong = api.post(URL, body_of(member, password="wrong"))
        right = api.post(URL, body_of(member))

        assert wrong.status_code == HTTPStatus.UNAUTHORIZED
        assert right.status_code == HTTPStatus.CREATED


def test_a_success_clears_no_other_count(api, member, make_user, body_of, settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_NETWORK_LIMIT": "3/1h"}
    for _ in range(3):
        api.post(URL, body_of(member))

    here = api.post(URL, body_of(member))
    elsewhere = api.post(URL, body_of(member), REMOTE_ADDR="203.0.113.9")

    assert here.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert elsewhere.status_code == HTTPStatus.CREATED


def test_limits_all_clients_together(api, member, body_of, settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_GLOBAL_LIMIT": "1/1h"}
    api.post(URL, body_of(member), REMOTE_ADDR="203.0.113.9")

    response = api.post(URL, body_of(member), REMOTE_ADDR="203.0.113.10")

    assert response.status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_an_unproven_sign_in_clears_no_count(api, user, body_of, settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "1/1h"}
    api.post(URL, body_of(user))

    assert api.post(URL, body_of(user)).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_too_many_attempts_leave_open_sessions_alone(bearer, opened, api, member):
    body = {"email": user_addresses.address_of(member), "password": "wrong"}
    for _ in range(11):
        api.post(URL, body)

    renewed = api.post(
        reverse("starterkit_auth:session-refresh"),
        {"refresh_token": opened.refresh_token},
    )

    assert bearer(opened.access_token).get(URL).status_code == HTTPStatus.OK
    assert renewed.status_code == HTTPStatus.OK


class DeadCache(LocMemCache):
    """A cache that cannot be reached."""

    def incr(self, *args, **kwargs):
        raise ConnectionError


def test_refuses_while_the_cache_is_down(api, member, body_of, settings):
    settings.CACHES = {"default": {"BACKEND": f"{__name__}.DeadCache"}}
    api.raise_request_exception = False

    response = api.post(URL, body_of(member))

    assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert response["Retry-After"]


def test_rehashing_the_password_ends_no_session(
    bearer, opened, member, body_of, settings
):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    response = bearer(opened.access_token).post(URL, body_of(member))

    member.refresh_from_db()
    assert member.password.startswith("scrypt")
    assert response.status_code == HTTPStatus.CREATED
    for token in (opened.access_token, response.json()["access_token"]):
        assert bearer(token).get(URL).status_code == HTTPStatus.OK


def test_one_session_too_many_ends_the_oldest(api, member, body_of, settings, received):
    settings.STARTERKIT_AUTH = {"MAX_SESSIONS": 2}
    ended = received(signals.session_ended)
    ids = []
    for minutes in range(3):
        with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
            ids.append(api.post(URL, body_of(member)).json()["session"]["id"])

    live = session_model().objects.of(member).live_at(timezone.now())

    assert {str(session.pk) for session in live} == set(ids[1:])
    assert [(str(e["session"].pk), e["reason"]) for e in ended] == [
        (ids[0], "too_many")
    ]


def test_costs_a_known_number_of_queries(api, member, body_of):
    api.post(URL, body_of(member))

    with CaptureQueriesContext(connection) as queries:
        api.post(URL, body_of(member))

    statements = [q["sql"].split()[0] for q in queries]
    # look-up, then: last sign-in, number of sessions and devices, session, audit
    assert [word for word in statements if word in {"SELECT", "UPDATE", "INSERT"}] == [
        "SELECT",
        "UPDATE",
        "SELECT",
        "INSERT",
        "INSERT",
    ]


@pytest.fixture
def signed_in_before(open_for, make_user):
    """Return a function that makes a user with so many ended sessions and devices."""

    def make(number):
        user, ended = make_user(), timezone.now() - timedelta(days=1)
        addresses.assign(user, user_addresses.address_of(user), verified=True)
        for at in range(number):
            open_for(user, revoked_at=ended, device_name=f"Phone {at}")
        return user

    return make


def test_a_long_past_does_not_make_it_dearer(api, body_of, signed_in_before):
    member = signed_in_before(300)
    newest = session_model().objects.order_by("-pk").values_list("pk", flat=True)
    kept = {*newest[:100]}

    former = api.post(URL, body_of(member))
    with CaptureQueriesContext(connection) as queries:
        api.post(URL, body_of(member))

    assert former.status_code == HTTPStatus.CREATED
    ended = session_model().objects.exclude(revoked_at=None)
    assert {*ended.values_list("pk", flat=True)} == kept
    assert not [q for q in queries if q["sql"].startswith("DELETE")]


def test_a_very_long_past_is_deleted_bit_by_bit(
    api, body_of, signed_in_before, tune, monkeypatch
):
    member = signed_in_before(40)
    tune(MAX_ENDED_SESSIONS=5)
    monkeypatch.setattr(retention, "AT_ONCE", 10)

    left = []
    for _ in range(4):
        api.post(URL, body_of(member))
        left.append(session_model().objects.exclude(revoked_at=None).count())

    assert left == [30, 20, 20, 20]  # some wait to be deleted together


def test_the_past_of_others_stays(api, body_of, signed_in_before, tune, open_for):
    tune(MAX_ENDED_SESSIONS=1)
    member, other = signed_in_before(30), signed_in_before(1)
    live = open_for(member).session

    api.post(URL, body_of(member))

    ended = session_model().objects.exclude(revoked_at=None)
    assert ended.of(other).count() == ended.of(member).count() == 1
    assert session_model().objects.filter(pk=live.pk).exists()


CHANGES = {
    "the password": {"password": make_password("another one of theirs")},
    "whether it is active": {"is_active": False},
}


class Interrupted(SignIn):
    """A sign-in during which the account changes, between check and session."""

    changes: ClassVar[dict[str, Any]]

    def check_account(self, account) -> None:
        super().check_account(account)
        users = type(account.user)._base_manager.filter(pk=account.user.pk)
        users.update(**self.changes)


@pytest.mark.parametrize("what", CHANGES)
def test_opens_no_session_for_an_account_that_has_just_changed(
    api, member, body_of, settings, what
):
    Interrupted.changes = CHANGES[what]
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.session.post": f"{__name__}.Interrupted"
    }

    response = api.post(URL, body_of(member))

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "invalid_credentials"
    assert not session_model().objects.exists()
    refusal = AuditEvent.objects.get(action="auth.sign_in_refused")
    assert refusal.facts["reason"] == "changed"


class SecretariesOnly(SignIn):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_account(self, account) -> NoReturn:
        raise InvalidCredentials(reason="no secretary")


def test_a_host_can_replace_one_step(api, member, body_of, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.session.post": f"{__name__}.SecretariesOnly"
    }

    response = api.post(URL, body_of(member))

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert reasons() == ["no secretary"]


@pytest.mark.django_db(transaction=True)
def test_sixteen_attempts_at_once_get_no_more_than_the_limit(
    at_once, member, body_of, settings
):
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "5/1h", "HASHES_AT_ONCE": 16}
    body = body_of(member, password="wrong")

    statuses = at_once(16, lambda _: ApiClient().post(URL, body).status_code)

    assert sorted(statuses) == [401] * 5 + [429] * 11


@pytest.mark.django_db(transaction=True)
def test_asking_for_proof_waits_for_a_lock_on_the_account(at_once, user, body_of):
    challenges.open_challenge(
        user, user_addresses.address_of(user), Purpose.PASSWORD_RESET
    )

    def call(number):
        if number == 0:
            with transaction.atomic():
                addresses.look_up_locked(user_addresses.address_of(user))
                sleep(0.4)
                return challenges.supersede(user, Purpose.PASSWORD_RESET)
        sleep(0.2)
        return ApiClient().post(URL, body_of(user)).status_code

    assert HTTPStatus.FORBIDDEN in at_once(2, call)


def test_the_name_of_a_device_is_one_line(api, member, body_of):
    sent = {"device_name": "Ada's\u2028phone\u200b\n", "platform": "\u200b"}
    client = sent | {"app_version": "4.2\t0"}

    response = api.post(URL, body_of(member, client=client))

    session = response.json()["session"]
    assert session["device_name"] == "Ada's phone"
    assert (session["platform"], session["app_version"]) == ("", "4.2 0")
