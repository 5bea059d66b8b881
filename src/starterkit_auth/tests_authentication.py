from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from starterkit_auth.authentication import SessionAuthentication
from starterkit_auth.models import session_model
from starterkit_auth.services import sessions
from starterkit_auth.services.tokens import parse

pytestmark = pytest.mark.django_db

URL = reverse("starterkit_auth:session")


def later(**delta):
    return time_machine.travel(timezone.now() + timedelta(**delta), tick=False)


@api_view(["GET", "POST"])
@authentication_classes([SessionAuthentication])
@permission_classes([AllowAny])
def open_view(request):
    """A view of a host, with DRF's own exception handling."""
    return Response({"user": str(request.user.pk)})


def test_finds_session_and_user_in_one_query(bearer, opened, member):
    client = bearer(opened.access_token)
    client.get(URL)  # whatever is compiled once

    with CaptureQueriesContext(connection) as queries:
        response = open_view(
            APIRequestFactory().get(
                "/", HTTP_AUTHORIZATION=f"Bearer {opened.access_token}"
            )
        )

    assert response.data == {"user": str(member.pk)}
    assert len(queries) == 1


@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_writes_at_most_once_per_interval(calling, member, open_for, transport):
    opened = open_for(member, transport)
    client = calling(opened)

    with later(minutes=6):
        with CaptureQueriesContext(connection) as first:
            client.get(URL)
        with CaptureQueriesContext(connection) as second:
            client.get(URL)

        opened.session.refresh_from_db()
        assert opened.session.last_seen_at == timezone.now()
        assert opened.session.idle_expires_at == timezone.now() + timedelta(days=30)
    assert len([q for q in first if q["sql"].startswith("UPDATE")]) == 1
    assert not [q for q in second if q["sql"].startswith("UPDATE")]


def test_use_never_moves_the_absolute_end(member, open_for):
    soon = timezone.now() + timedelta(days=1)
    session = open_for(member, expires_at=soon).session

    with later(hours=1):
        sessions.touch(session, 0, timezone.now())

    session.refresh_from_db()
    assert session.expires_at == soon
    assert session.idle_expires_at == soon


def test_a_request_confirms_the_generation_of_its_token(bearer, opened):
    sessions.rotate(opened.session, timezone.now())
    renewed = sessions.issue(opened.session)

    bearer(opened.access_token).get(URL)
    opened.session.refresh_from_db()
    assert opened.session.confirmed_generation == 0

    bearer(renewed.access_token).get(URL)
    opened.session.refresh_from_db()
    assert opened.session.confirmed_generation == 1


def test_an_access_token_of_an_older_generation_lives_out_its_minutes(bearer, opened):
    sessions.rotate(opened.session, timezone.now())

    assert bearer(opened.access_token).get(URL).status_code == HTTPStatus.OK
    with later(minutes=10, seconds=1):
        refused = bearer(opened.access_token).get(URL)
    assert refused.status_code == HTTPStatus.UNAUTHORIZED


def test_refuses_a_generation_that_is_still_to_come(bearer, opened):
    """As after the database was restored from a backup."""
    sessions.rotate(opened.session, timezone.now())
    renewed = sessions.issue(opened.session)
    session_model().objects.update(generation=0, confirmed_generation=0)

    response = bearer(renewed.access_token).get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "columns",
    [
        {"revoked_at": timezone.now()},
        {"idle_expires_at": timezone.now() - timedelta(seconds=1)},
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"auth_hash": "0" * 64},
        {"salt": b"x" * 16},
    ],
)
@pytest.mark.parametrize("transport", ["bearer", "cookie"])
def test_a_session_that_is_over_is_refused(
    calling, member, open_for, columns, transport
):
    client = calling(open_for(member, transport))
    assert client.get(URL).status_code == HTTPStatus.OK

    session_model().objects.update(**columns)

    response = client.get(URL)
    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "authentication_failed"


def test_an_inactive_user_is_refused_at_once(bearer, opened, member):
    member.is_active = False
    member.save()

    response = bearer(opened.access_token).get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_a_password_changed_anywhere_ends_the_session(bearer, opened, member):
    member.set_password("changed in the shell")
    member.save()

    response = bearer(opened.access_token).get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_a_deleted_user_is_refused(bearer, opened, member):
    member.delete()

    response = bearer(opened.access_token).get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer  ",
        "bearer x",
        "Bearer\tx",
        "Bearer null",
        "Bearer " + "x" * 30_000,
        "Bearer é",
        "Bearer \x00",
        "Bearer ska_" + "A" * 96,
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Basic YTpi",
        "Token x",
        "é",
    ],
)
def test_answers_any_header_with_401_and_a_challenge(api, header):
    response = api.get(URL, HTTP_AUTHORIZATION=header)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert response["Content-Type"] == "application/problem+json"


def test_refuses_a_forged_token_without_asking_the_database(
    bearer, opened, django_assert_num_queries
):
    forged = opened.access_token[:-4] + "AAAA"

    with django_assert_num_queries(0):
        response = bearer(forged).get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("form", ["{t} {t}", "{t},Bearer {t}", " {t}", "{t} ", "{t}="])
def test_refuses_a_token_that_comes_twice_or_with_more(api, opened, form):
    header = "Bearer " + form.format(t=opened.access_token)

    response = api.get(URL, HTTP_AUTHORIZATION=header)

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_takes_the_scheme_in_any_case(api, opened):
    header = f"bEARER {opened.access_token}"

    response = api.get(URL, HTTP_AUTHORIZATION=header)

    assert response.status_code == HTTPStatus.OK


def test_only_the_kind_for_the_transport_signs_in(bearer, browser, member, open_for):
    tokens, cookie = open_for(member), open_for(member, "cookie")
    wrong = browser()
    wrong.cookies["__Host-starterkit"] = tokens.access_token

    answers = [
        bearer(tokens.refresh_token).get(URL),
        bearer(cookie.cookie).get(URL),
        wrong.get(URL),
    ]

    assert {answer.status_code for answer in answers} == {HTTPStatus.UNAUTHORIZED}


@pytest.mark.parametrize("header", ["Bearer {token}", "Bearer nonsense"])
def test_refuses_header_and_cookie_in_one_request(browser, member, open_for, header):
    header = header.format(token=open_for(member).access_token)

    response = browser(open_for(member, "cookie")).get(URL, HTTP_AUTHORIZATION=header)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "ambiguous_credentials"


class Greedy(BaseAuthentication):
    """Another app's class: it takes every bearer token for its own."""

    def authenticate(self, request):
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header.startswith("Bearer "):
            return None
        if header != "Bearer theirs":
            raise AuthenticationFailed("It is not theirs.", "token_not_valid")
        return get_user_model()._base_manager.first(), "theirs"


@pytest.fixture
def greedy_first(settings):
    """List that class before ours."""
    listed = [
        f"{kind.__module__}.{kind.__qualname__}"
        for kind in (Greedy, SessionAuthentication)
    ]
    settings.REST_FRAMEWORK = {"DEFAULT_AUTHENTICATION_CLASSES": listed}


@pytest.mark.usefixtures("greedy_first")
def test_our_endpoints_ask_ours_first_whatever_the_order(bearer, opened, member):
    ours, theirs = bearer(opened.access_token).get(URL), bearer("theirs").get(URL)
    dead = bearer(opened.refresh_token).get(URL)
    unknown = bearer("unknown").get(URL)

    assert ours.json()["session"]["id"] == str(opened.session.pk)
    assert (theirs.status_code, theirs.json()["session"]) == (HTTPStatus.OK, None)
    assert dead.json()["code"] == "authentication_failed"
    assert (unknown.status_code, unknown.json()["code"]) == (401, "token_not_valid")


@pytest.mark.usefixtures("greedy_first")
def test_a_foreign_token_beside_the_cookie_is_theirs(browser, member, open_for):
    client = browser(open_for(member, "cookie"))

    theirs = client.get(URL, HTTP_AUTHORIZATION="Bearer theirs")
    broken = client.get(URL, HTTP_AUTHORIZATION="Bearer broken")

    assert (theirs.status_code, theirs.json()["session"]) == (HTTPStatus.OK, None)
    assert broken.status_code == HTTPStatus.UNAUTHORIZED


def test_a_public_view_of_a_project_may_be_called_with_any_token(bearer):
    request = APIRequestFactory().get("/", HTTP_AUTHORIZATION="Bearer eyJ.e30.x")

    assert open_view(request).data == {"user": "None"}


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Digest username=a, uri=/", "Token x"]
)
def test_ignores_another_scheme_beside_the_cookie(browser, member, open_for, header):
    """A proxy in front of a staging site asks its visitors for a password, too."""
    client = browser(open_for(member, "cookie"))

    response = client.get(URL, HTTP_AUTHORIZATION=header)
    assert response.status_code == HTTPStatus.OK
    assert response.json()["user"]["id"] == str(member.pk)

    assert client.delete(URL, HTTP_AUTHORIZATION=header).status_code == 204
    assert client.get(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_refuses_the_cookie_twice(api, member, open_for):
    one, two = open_for(member, "cookie").cookie, open_for(member, "cookie").cookie
    header = f"__Host-starterkit={one}; __Host-starterkit={two}"

    assert api.get(URL, HTTP_COOKIE=header).status_code == HTTPStatus.UNAUTHORIZED


def test_a_cookie_that_was_replaced_is_refused(browser, member, open_for):
    opened = open_for(member, "cookie")
    session_model().objects.update(generation=1)

    assert browser(opened).get(URL).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    ("method", "site", "status"),
    [
        ("get", "cross-site", HTTPStatus.OK),
        ("get", None, HTTPStatus.OK),
        ("post", "same-origin", HTTPStatus.OK),
        ("post", "cross-site", HTTPStatus.FORBIDDEN),
        ("post", "same-site", HTTPStatus.FORBIDDEN),
        ("post", None, HTTPStatus.FORBIDDEN),
    ],
)
def test_another_site_cannot_send_an_unsafe_request_with_a_cookie(
    member, open_for, method, site, status
):
    headers = {"HTTP_COOKIE": f"__Host-starterkit={open_for(member, 'cookie').cookie}"}
    headers |= {"HTTP_SEC_FETCH_SITE": site} if site else {}

    response = open_view(getattr(APIRequestFactory(), method)("/", **headers))

    assert response.status_code == status
    if status == HTTPStatus.FORBIDDEN:
        assert response.data["code"] == "cross_site_request"


def test_a_token_is_accepted_from_another_site(opened):
    request = APIRequestFactory().post(
        "/",
        HTTP_AUTHORIZATION=f"Bearer {opened.access_token}",
        HTTP_ORIGIN="https://evil.test",
        HTTP_SEC_FETCH_SITE="cross-site",
    )

    assert open_view(request).status_code == HTTPStatus.OK


def test_rotating_the_signing_key_ends_no_session(bearer, opened, settings):
    old = settings.SECRET_KEY
    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["n" * 40, old]}

    assert bearer(opened.access_token).get(URL).status_code == HTTPStatus.OK

    settings.STARTERKIT_AUTH = {"SIGNING_KEYS": ["n" * 40]}
    response = bearer(opened.access_token).get(URL)
    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_no_column_of_the_session_works_as_its_token(bearer, opened):
    """A reader of the database finds no token to send (C041)."""
    row = session_model().objects.values().get(pk=opened.session.pk)

    for value in row.values():
        text = value.hex() if isinstance(value, bytes) else str(value)
        assert bearer(text).get(URL).status_code == HTTPStatus.UNAUTHORIZED
        assert opened.access_token not in text
        assert opened.refresh_token not in text
    assert parse(opened.access_token).mac.hex() not in str(row)
