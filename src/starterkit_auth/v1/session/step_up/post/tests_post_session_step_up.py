"""POST v1/session/step-up: a proof counts for this session alone."""

from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_auth.services import reauthentication, sessions, user_addresses
from starterkit_core.models import AuditEvent
from starterkit_core.ports import access_gates
from starterkit_core.testing.plugin import PASSWORD

from .use_case import StepUpSession

URL = reverse("starterkit_auth:session-step-up")
SESSION = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")
CHANGE = reverse("starterkit_auth:email-change")
PASSWORD_URL = reverse("starterkit_auth:password")
KEY = "starterkit_auth.v1.session.step_up.post"
HOUR = timedelta(hours=1)
MAX_AGE = timedelta(minutes=10)

pytestmark = pytest.mark.django_db


@pytest.fixture
def stale(member, open_for):
    """A session of ``member`` that was opened long ago."""
    return open_for(member, authenticated_at=timezone.now() - HOUR)


@pytest.fixture
def stale_cookie(member, open_for):
    """The same, in a browser."""
    return open_for(member, "cookie", authenticated_at=timezone.now() - HOUR)


@pytest.fixture
def step_up(bearer):
    """Prove it: ``step_up(opened, password)`` is the response."""
    return lambda opened, password=PASSWORD: bearer(opened.access_token).post(
        URL, {"password": password}
    )


def is_fresh(opened):
    opened.session.refresh_from_db()
    return reauthentication.is_fresh(opened.session, MAX_AGE)


def problem_of(response):
    return response.status_code, response.json()["code"]


def actions():
    return [*AuditEvent.objects.order_by("pk").values_list("action", flat=True)]


def test_makes_the_session_fresh_and_gives_new_tokens(step_up, stale, bearer, api):
    before = is_fresh(stale)

    response = step_up(stale)

    body = response.json()
    assert response.status_code == HTTPStatus.OK
    assert not before
    assert is_fresh(stale)
    assert body["session"]["id"] == str(stale.session.pk)
    assert body["refresh_token"] != stale.refresh_token
    assert body["access_token"] != stale.access_token
    assert body["expires_in"] == 600
    assert response["Cache-Control"] == "no-store"
    assert bearer(body["access_token"]).get(SESSION).status_code == HTTPStatus.OK
    renewed = api.post(REFRESH, {"refresh_token": body["refresh_token"]})
    assert renewed.status_code == HTTPStatus.OK


def test_gives_a_browser_a_new_cookie_and_ends_the_former(browser, stale_cookie):
    client = browser(stale_cookie)

    response = client.post(URL, {"password": PASSWORD})

    cookie = response.cookies["__Host-starterkit"]
    former = browser(stale_cookie).get(SESSION)
    assert response.status_code == HTTPStatus.OK
    assert response.json().keys() == {"transport", "session", "user"}
    assert cookie.value != stale_cookie.cookie
    assert cookie["httponly"]
    assert former.status_code == HTTPStatus.UNAUTHORIZED
    assert client.get(SESSION).status_code == HTTPStatus.OK


def test_another_site_cannot_step_up_with_a_cookie(browser, stale_cookie):
    client = browser(stale_cookie, HTTP_SEC_FETCH_SITE="cross-site")

    response = client.post(URL, {"password": PASSWORD})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "cross_site_request")
    assert not is_fresh(stale_cookie)


def test_counts_for_this_session_alone(step_up, stale, member, open_for):
    other = open_for(member, authenticated_at=timezone.now() - HOUR)

    step_up(stale)

    assert not is_fresh(other)


def test_counts_for_every_token_of_the_session_until_a_new_password(
    step_up, stale, bearer
):
    """What ``docs/security/access.md`` says about older access tokens."""
    former = bearer(stale.access_token)
    newest = step_up(stale).json()["access_token"]
    mine = {"email": "new@example.com"}

    assert former.post(CHANGE, mine).status_code == HTTPStatus.ACCEPTED
    passwords = {"current_password": PASSWORD, "new_password": f"new {PASSWORD}"}
    assert bearer(newest).put(PASSWORD_URL, passwords).status_code == HTTPStatus.OK
    assert former.post(CHANGE, mine).status_code == HTTPStatus.UNAUTHORIZED


def test_renewing_tokens_is_no_proof(step_up, stale, api):
    token = step_up(stale).json()["refresh_token"]

    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        api.post(REFRESH, {"refresh_token": token})

        assert not is_fresh(stale)


def test_the_absolute_end_does_not_move(step_up, stale):
    end = stale.session.expires_at

    step_up(stale)

    stale.session.refresh_from_db()
    assert stale.session.expires_at == end


def test_a_repeated_proof_gives_the_tokens_that_did_not_arrive(step_up, stale):
    lost = step_up(stale).json()

    assert step_up(stale).json()["refresh_token"] == lost["refresh_token"]


def test_a_proof_retires_tokens_that_were_used(step_up, stale, bearer):
    first = step_up(stale).json()
    bearer(first["access_token"]).get(SESSION)

    assert step_up(stale).json()["refresh_token"] != first["refresh_token"]


def test_a_lost_answer_ends_no_session(step_up, stale, api):
    """The former refresh token still gives the tokens that did not arrive."""
    lost = step_up(stale).json()

    response = api.post(REFRESH, {"refresh_token": stale.refresh_token})

    assert response.status_code == HTTPStatus.OK
    assert response.json()["refresh_token"] == lost["refresh_token"]


@pytest.mark.parametrize("password", ["wrong", f" {PASSWORD}", PASSWORD.upper()])
def test_refuses_a_wrong_password_and_lets_the_session_be(
    step_up, stale, bearer, password
):
    response = step_up(stale, password)

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "wrong_password")
    assert not is_fresh(stale)
    assert stale.session.generation == 0
    assert bearer(stale.access_token).get(SESSION).status_code == HTTPStatus.OK
    assert actions() == ["auth.step_up_refused"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"password": ""},
        {"password": None},
        {"password": 1},
        {"password": [PASSWORD]},
        {"password": "x" * 257},
        [],
        "text",
    ],
)
def test_refuses_a_malformed_body(bearer, stale, body):
    response = bearer(stale.access_token).post(URL, body)

    assert problem_of(response) == (HTTPStatus.BAD_REQUEST, "validation_error")
    assert not is_fresh(stale)


def test_needs_a_signed_in_user(api):
    response = api.post(URL, {"password": PASSWORD})

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "not_authenticated")


def test_needs_a_session_of_ours(client_of, member):
    response = client_of(member).post(URL, {"password": PASSWORD})

    assert problem_of(response) == (HTTPStatus.FORBIDDEN, "session_required")


def test_refuses_an_account_without_a_password(step_up, member, open_for):
    member.set_unusable_password()
    member.save()

    response = step_up(open_for(member), "anything")

    assert problem_of(response) == (HTTPStatus.CONFLICT, "no_password")


def test_works_while_a_gate_is_closed(step_up, stale, monkeypatch):
    class Gate:
        code, order, exempt = "closed", 1, ()

        def refusal(self, user):
            raise AssertionError("nobody shall ask")

    monkeypatch.setattr(access_gates, "_gates", {"closed": Gate()})

    assert step_up(stale).status_code == HTTPStatus.OK


@pytest.mark.needs_address
def test_wrong_passwords_count_as_attempts_to_sign_in(step_up, stale, member, api):
    body = {"email": user_addresses.address_of(member), "password": PASSWORD}
    statuses = [step_up(stale, "wrong").status_code for _ in range(10)]

    limited = step_up(stale)
    sign_in = api.post(SESSION, body)

    assert statuses == [HTTPStatus.FORBIDDEN] * 10
    assert limited.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert int(limited["Retry-After"]) > 0
    assert sign_in.status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_attempts_to_sign_in_do_not_block_stepping_up(step_up, stale, member, api):
    body = {"email": user_addresses.address_of(member), "password": "wrong"}
    for _ in range(11):
        api.post(SESSION, body)

    assert step_up(stale).status_code == HTTPStatus.OK


def test_attempts_in_one_session_spend_none_of_another(
    step_up, stale, member, open_for
):
    for _ in range(11):
        step_up(stale, "wrong")

    assert step_up(open_for(member)).status_code == HTTPStatus.OK


def test_a_success_starts_the_count_of_the_session_anew(step_up, stale, settings):
    settings.STARTERKIT_AUTH = {"SIGN_IN_ACCOUNT_LIMIT": "2/1h"}
    for _ in range(3):
        assert step_up(stale, "wrong").status_code == HTTPStatus.FORBIDDEN
        assert step_up(stale).status_code == HTTPStatus.OK


def test_a_session_that_ended_meanwhile_stays_ended(step_up, stale, monkeypatch):
    def end_first(use_case):
        sessions.end(use_case.input.session, "signed_out")
        reauthentication.renew(use_case.input.session)

    monkeypatch.setattr(StepUpSession, "renew_session", end_first)

    response = step_up(stale)

    assert problem_of(response) == (HTTPStatus.UNAUTHORIZED, "session_ended")
    assert response["WWW-Authenticate"]


def test_records_the_proof_with_its_user(step_up, stale, member):
    step_up(stale)

    event = AuditEvent.objects.get(action="auth.stepped_up")
    assert (event.actor_id, event.subject_id) == (str(member.pk), str(member.pk))
    assert event.facts == {"session": str(stale.session.pk), "method": "password"}


class StepUpByPin(StepUpSession):
    """A host project's use case: one step replaced, the rest inherited."""

    def check_proof(self):
        assert self.input.password == "0000"


def test_a_host_can_replace_one_step(step_up, stale, settings):
    settings.STARTERKIT_OVERRIDES = {KEY: f"{__name__}.StepUpByPin"}

    response = step_up(stale, "0000")

    assert response.status_code == HTTPStatus.OK
    assert is_fresh(stale)


@pytest.mark.django_db(transaction=True)
def test_proofs_and_renewals_at_once_give_the_same_tokens(
    *, at_once, bearer, api, stale, tune
):
    """One lineage, and no client gets a token that does not work (C039)."""
    tune(HASHES_AT_ONCE=8)

    def call(number):
        if number % 2:
            return bearer(stale.access_token).post(URL, {"password": PASSWORD})
        return api.post(REFRESH, {"refresh_token": stale.refresh_token})

    answers = at_once(16, call)

    newest = sessions.issue(session_model().objects.get()).refresh_token
    assert {answer.status_code for answer in answers} <= {200, 429}
    given = [answer for answer in answers if answer.status_code == HTTPStatus.OK]
    assert {answer.json()["refresh_token"] for answer in given} == {newest}
    assert is_fresh(stale)
