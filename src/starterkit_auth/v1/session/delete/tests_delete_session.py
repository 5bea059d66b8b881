from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_core import signals
from starterkit_core.models import AuditEvent
from starterkit_core.testing.plugin import PASSWORD

from .use_case import SignOut

URL = reverse("starterkit_auth:session")
REFRESH = reverse("starterkit_auth:session-refresh")

pytestmark = pytest.mark.django_db


def live():
    return session_model().objects.live_at(timezone.now()).count()


def test_ends_the_session_and_all_its_tokens(api, bearer, opened):
    response = bearer(opened.access_token).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.content == b""
    assert bearer(opened.access_token).get(URL).status_code == HTTPStatus.UNAUTHORIZED
    renewed = api.post(REFRESH, {"refresh_token": opened.refresh_token})
    assert renewed.status_code == HTTPStatus.UNAUTHORIZED


def test_ends_no_other_session(bearer, opened, open_for, member):
    other = open_for(member)

    bearer(opened.access_token).delete(URL)

    assert bearer(other.access_token).get(URL).status_code == HTTPStatus.OK


def test_takes_the_refresh_token_too(bearer, opened):
    response = bearer(opened.refresh_token).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert live() == 0


def test_takes_an_access_token_that_has_expired(bearer, opened):
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        response = bearer(opened.access_token).delete(URL)

        assert response.status_code == HTTPStatus.NO_CONTENT
        assert live() == 0


def test_takes_a_retired_refresh_token(api, bearer, opened):
    api.post(REFRESH, {"refresh_token": opened.refresh_token})

    bearer(opened.refresh_token).delete(URL)

    assert live() == 0


def test_repeating_it_is_safe_and_sends_the_signal_once(
    bearer, opened, member, received
):
    ended = received(signals.session_ended)

    answers = [bearer(opened.access_token).delete(URL) for _ in range(3)]

    event = AuditEvent.objects.get(action="auth.signed_out")
    assert {answer.status_code for answer in answers} == {HTTPStatus.NO_CONTENT}
    assert [(e["session"], e["reason"]) for e in ended] == [
        (opened.session, "signed_out")
    ]
    assert event.actor_id == str(member.pk)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer nonsense",
        "Bearer é\x00",
        "Basic YTpi",
        "Bearer ska_" + "A" * 96,
    ],
)
def test_answers_204_to_a_malformed_token(api, opened, header):
    response = api.delete(URL, HTTP_AUTHORIZATION=header)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert live() == 1


def test_without_a_token_no_session_ends(api, opened):
    assert api.delete(URL).status_code == HTTPStatus.NO_CONTENT
    assert live() == 1


def test_a_forged_token_ends_no_session(bearer, opened):
    token = opened.access_token
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")

    bearer(forged).delete(URL)

    assert live() == 1


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"COOKIE_DOMAIN": "example.com", "COOKIE_SAMESITE": "Strict"},
        {"COOKIE_SECURE": False},
        {"COOKIE_SAMESITE": "None", "COOKIE_PARTITIONED": False},
    ],
)
def test_clears_the_cookie_by_the_attributes_it_was_set_with(
    browser, open_for, member, settings, given
):
    settings.STARTERKIT_AUTH = given
    client, name = browser(), "starterkit"
    if given.get("COOKIE_SECURE", True):
        domain = given.get("COOKIE_DOMAIN")
        name = "__Secure-starterkit" if domain else "__Host-starterkit"
    client.cookies[name] = open_for(member, "cookie").cookie

    cookie = client.delete(URL).cookies[name]

    assert (cookie.value, cookie["max-age"]) == ("", 0)
    assert cookie["httponly"]
    assert cookie["path"] == "/"
    assert bool(cookie["secure"]) is given.get("COOKIE_SECURE", True)
    assert cookie["domain"] == given.get("COOKIE_DOMAIN", "")
    assert cookie["samesite"] == given.get("COOKIE_SAMESITE", "Lax")
    assert live() == 0


@pytest.mark.needs_address
def test_sets_and_clears_a_partitioned_cookie_alike(browser, member, settings):
    settings.STARTERKIT_AUTH = {"COOKIE_SAMESITE": "None"}
    client, name = browser(), "__Host-starterkit-partitioned"
    given = {"email": member.email, "password": PASSWORD}

    opened = client.post(URL, given | {"client": {"transport": "cookie"}})
    cookie = opened.cookies[name].OutputString()
    gone = client.delete(URL).cookies[name].OutputString()

    attributes = "Path=/; SameSite=None; Secure; Partitioned"
    assert cookie.endswith(attributes)
    assert gone.endswith(attributes)
    assert "Max-Age=0" in gone
    assert live() == 0


def test_clears_a_cookie_that_is_dead(browser):
    client = browser()
    client.cookies["__Host-starterkit"] = "dead"

    response = client.delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert response.cookies["__Host-starterkit"].value == ""


def test_another_site_cannot_sign_a_visitor_out(browser, open_for, member):
    opened = open_for(member, "cookie")

    response = browser(opened, HTTP_SEC_FETCH_SITE="cross-site").delete(URL)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "cross_site_request"
    assert not response.cookies
    assert live() == 1


def test_refuses_header_and_cookie_in_one_request(browser, open_for, member):
    header = f"Bearer {open_for(member).access_token}"

    response = browser(open_for(member, "cookie")).delete(
        URL, HTTP_AUTHORIZATION=header
    )

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert live() == 2


class Lingering(SignOut):
    """A host project's use case: one step replaced, the rest inherited."""

    def end_session(self, session):
        return False


def test_a_host_can_replace_one_step(bearer, opened, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.session.delete": f"{__name__}.Lingering"
    }

    response = bearer(opened.access_token).delete(URL)

    assert response.status_code == HTTPStatus.NO_CONTENT
    assert live() == 1
