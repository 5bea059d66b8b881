"""POST v1/session/refresh: the decision table, row by row."""

from copy import copy
from datetime import timedelta
from http import HTTPStatus
from time import sleep

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.errors import InvalidRefreshToken
from starterkit_auth.models import session_model
from starterkit_auth.services import sessions
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.testing.client import ApiClient

from .use_case import RefreshSession

URL = reverse("starterkit_auth:session-refresh")
SESSION = reverse("starterkit_auth:session")

pytestmark = pytest.mark.django_db


@pytest.fixture
def refresh(api):
    """Renew: ``refresh(token)`` is the response."""
    return lambda token: api.post(URL, {"refresh_token": token})


@pytest.fixture
def clock():
    """A clock that moves only by ``clock.shift(seconds)``."""
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        yield traveller


def code_of(response):
    return response.status_code, response.json().get("code")


INVALID = (HTTPStatus.UNAUTHORIZED, "invalid_refresh_token")
REUSED = (HTTPStatus.UNAUTHORIZED, "refresh_token_reused")


def test_gives_new_tokens_for_the_newest(refresh, bearer, opened, member):
    response = refresh(opened.refresh_token)

    body = response.json()
    assert response.status_code == HTTPStatus.OK
    assert body["refresh_token"] != opened.refresh_token
    assert body["session"]["id"] == str(opened.session.pk)
    assert body["user"]["id"] == str(member.pk)
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies
    assert bearer(body["access_token"]).get(SESSION).status_code == HTTPStatus.OK


def test_costs_one_select_and_one_update(refresh, opened):
    with CaptureQueriesContext(connection) as queries:
        refresh(opened.refresh_token)

    statements = [query["sql"].split()[0] for query in queries]
    assert statements == ["SELECT", "UPDATE"]


def test_renewing_confirms_the_generation_of_the_token(refresh, bearer, opened):
    """So its access token, if used later, saves no row."""
    second = refresh(opened.refresh_token).json()
    refresh(second["refresh_token"])

    opened.session.refresh_from_db()
    assert (opened.session.generation, opened.session.confirmed_generation) == (2, 1)
    with CaptureQueriesContext(connection) as queries:
        bearer(second["access_token"]).get(SESSION)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_a_chain_of_renewals_goes_on(refresh, opened, clock):
    token = opened.refresh_token
    for _ in range(5):
        clock.shift(3_600)
        response = refresh(token)
        assert response.status_code == HTTPStatus.OK
        token = response.json()["refresh_token"]


def test_a_retry_within_the_grace_gives_the_same_successor(
    refresh, bearer, opened, clock
):
    first = refresh(opened.refresh_token).json()
    bearer(first["access_token"]).get(SESSION)  # used already: still within the grace

    clock.shift(30)
    second = refresh(opened.refresh_token)

    assert second.status_code == HTTPStatus.OK
    assert second.json()["refresh_token"] == first["refresh_token"]
    assert refresh(first["refresh_token"]).status_code == HTTPStatus.OK


def test_a_late_retry_gives_the_same_successor_while_it_is_unused(
    refresh, opened, clock
):
    first = refresh(opened.refresh_token).json()

    clock.shift(86_400)
    second = refresh(opened.refresh_token)

    assert second.json()["refresh_token"] == first["refresh_token"]
    assert refresh(second.json()["refresh_token"]).status_code == HTTPStatus.OK


@pytest.mark.parametrize("used", ["access_token", "refresh_token"])
def test_a_late_retry_after_the_successor_was_used_ends_the_session(
    refresh, bearer, opened, clock, used
):
    newest = refresh(opened.refresh_token).json()
    clock.shift(31)
    if used == "access_token":
        bearer(newest["access_token"]).get(SESSION)
    else:
        newest = refresh(newest["refresh_token"]).json()

    assert code_of(refresh(opened.refresh_token)) == REUSED

    response = bearer(newest["access_token"]).get(SESSION)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert code_of(refresh(newest["refresh_token"])) == INVALID


def test_a_clock_that_is_set_back_prolongs_no_grace(refresh, bearer, opened, clock):
    """As local time is in autumn, which a project without time zones stores."""
    newest = refresh(opened.refresh_token).json()
    clock.shift(31)
    bearer(newest["access_token"]).get(SESSION)

    clock.shift(-3_600)

    assert code_of(refresh(opened.refresh_token)) == REUSED


def test_an_older_token_ends_the_session_even_within_the_grace(refresh, opened, clock):
    second = refresh(opened.refresh_token).json()["refresh_token"]
    refresh(second)

    assert code_of(refresh(opened.refresh_token)) == REUSED
    opened.session.refresh_from_db()
    assert opened.session.revoke_reason == "token_replayed"


def test_a_replay_is_recorded_and_sends_its_signals_once(
    refresh, opened, member, received
):
    replayed, ended = received(signals.token_replayed), received(signals.session_ended)
    refresh(refresh(opened.refresh_token).json()["refresh_token"])

    answers = [code_of(refresh(opened.refresh_token)) for _ in range(2)]

    event = AuditEvent.objects.get(action="auth.token_replayed")
    assert answers == [REUSED, INVALID]
    assert event.subject_id == str(member.pk)
    assert event.facts == {"session": str(opened.session.pk)}
    assert [facts["session"] for facts in replayed] == [opened.session]
    assert replayed[0]["user"] == member
    assert [facts["reason"] for facts in ended] == ["token_replayed"]


@pytest.mark.django_db(transaction=True)
def test_ending_a_replayed_session_survives_the_refusal(refresh, opened, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", value=True)
    refresh(refresh(opened.refresh_token).json()["refresh_token"])

    refresh(opened.refresh_token)

    opened.session.refresh_from_db()
    assert opened.session.revoked_at
    assert AuditEvent.objects.filter(action="auth.token_replayed").exists()


def test_a_token_of_the_future_is_refused_and_ends_no_session(refresh, bearer, opened):
    """As after the database was restored from a backup."""
    future = refresh(opened.refresh_token).json()["refresh_token"]
    session_model().objects.update(generation=0, confirmed_generation=0)

    assert code_of(refresh(future)) == INVALID
    assert bearer(opened.access_token).get(SESSION).status_code == HTTPStatus.OK


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("skr_", "ska_"),
        lambda token: token.replace("skr_", "skc_"),
        lambda token: token + "A",
        lambda token: "skr_" + "A" * 88,
        lambda token: "nonsense",
        lambda token: "x" * 512,
    ],
)
def test_a_forged_token_ends_no_session(refresh, bearer, opened, spoil):
    assert code_of(refresh(spoil(opened.refresh_token))) == INVALID
    assert bearer(opened.access_token).get(SESSION).status_code == HTTPStatus.OK


def test_takes_no_other_kind_of_token(refresh, opened, open_for, member):
    cookie = open_for(member, "cookie").cookie

    assert code_of(refresh(opened.access_token)) == INVALID
    assert code_of(refresh(cookie)) == INVALID


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"refresh_token": None},
        {"refresh_token": ""},
        {"refresh_token": 1},
        {"refresh_token": ["x"]},
        {"refresh_token": "x" * 513},
        {"refresh_token": "skr_\x00"},
        [],
    ],
)
def test_refuses_a_malformed_body(api, body):
    assert code_of(api.post(URL, body)) == (HTTPStatus.BAD_REQUEST, "validation_error")


def test_the_cookie_cannot_renew_tokens(browser, open_for, member):
    response = browser(open_for(member, "cookie")).post(URL, {})

    assert response.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(
    "columns",
    [
        {"revoked_at": timezone.now()},
        {"idle_expires_at": timezone.now() - timedelta(seconds=1)},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
    ],
)
def test_refuses_when_the_session_is_over(refresh, opened, columns):
    session_model().objects.update(**columns)

    assert code_of(refresh(opened.refresh_token)) == INVALID


def test_refuses_an_inactive_user_and_a_changed_password(refresh, open_for, member):
    first, second = open_for(member), open_for(member)
    member.is_active = False
    member.save()
    assert code_of(refresh(first.refresh_token)) == INVALID

    member.is_active = True
    member.set_password("another password")
    member.save()
    assert code_of(refresh(second.refresh_token)) == INVALID


def test_renewing_extends_the_idle_time_and_never_the_absolute_end(
    refresh, opened, clock
):
    end = opened.session.expires_at
    clock.shift(timedelta(days=29))
    token = refresh(opened.refresh_token).json()["refresh_token"]
    clock.shift(timedelta(days=29))
    token = refresh(token).json()["refresh_token"]
    clock.shift(timedelta(days=29))
    last = refresh(token)

    opened.session.refresh_from_db()
    assert opened.session.expires_at == end
    assert opened.session.idle_expires_at == end
    clock.move_to(end - timedelta(seconds=60))
    assert refresh(last.json()["refresh_token"]).json()["expires_in"] == 60
    clock.move_to(end)
    assert code_of(refresh(last.json()["refresh_token"])) == INVALID


def test_a_new_signing_key_ends_no_session(refresh, opened, settings):
    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["n" * 40, settings.SECRET_KEY]}

    assert refresh(opened.refresh_token).status_code == HTTPStatus.OK


class NotAtNight(RefreshSession):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_session(self, token):
        raise InvalidRefreshToken


def test_a_host_can_replace_one_step(refresh, opened, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.session.refresh.post": f"{__name__}.NotAtNight"
    }

    assert code_of(refresh(opened.refresh_token)) == INVALID


@pytest.mark.django_db(transaction=True)
def test_thirty_two_at_once_make_one_lineage(at_once, opened):
    """C039: every client that gets 200 has a token that works."""
    body = {"refresh_token": opened.refresh_token}

    answers = at_once(32, lambda _: ApiClient().post(URL, body))

    opened.session.refresh_from_db()
    successors = {answer.json().get("refresh_token") for answer in answers}
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}
    assert len(successors) == 1
    assert opened.session.generation == 1
    assert opened.session.revoked_at is None
    for answer in answers:
        client = ApiClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access_token']}")
        assert client.get(SESSION).status_code == HTTPStatus.OK
    renewed = ApiClient().post(URL, {"refresh_token": successors.pop()})
    assert renewed.status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_waits_for_a_renewal_and_repeats_it_where_reads_are_repeatable(
    at_once, opened, repeatable_reads
):
    """PostgreSQL reports the conflict there instead of finding no row."""
    same = copy(opened.session)

    def call(number):
        if number == 0:
            with transaction.atomic():
                sessions.rotate(same, timezone.now())
                return sleep(0.4)
        repeatable_reads()
        sleep(0.2)
        return ApiClient().post(URL, {"refresh_token": opened.refresh_token})

    _, answer = sorted(at_once(2, call), key=bool)

    assert answer.status_code == HTTPStatus.OK
    opened.session.refresh_from_db()
    assert opened.session.generation == 1


@pytest.mark.django_db(transaction=True)
def test_a_replay_beside_renewals_ends_the_session_for_good(at_once, opened):
    """Whatever the order: afterwards no token of the session works."""
    second = ApiClient().post(URL, {"refresh_token": opened.refresh_token}).json()
    ApiClient().post(URL, {"refresh_token": second["refresh_token"]})
    tokens = [opened.refresh_token, second["refresh_token"]]

    answers = at_once(
        16, lambda n: ApiClient().post(URL, {"refresh_token": tokens[n % 2]})
    )

    assert {answer.status_code for answer in answers} <= {
        HTTPStatus.OK,
        HTTPStatus.UNAUTHORIZED,
    }
    opened.session.refresh_from_db()
    assert opened.session.revoked_at
    assert AuditEvent.objects.filter(action="auth.token_replayed").count() == 1
