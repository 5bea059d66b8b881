from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from .use_case import ListSessions

URL = reverse("starterkit_auth:sessions")

pytestmark = pytest.mark.django_db


def test_shows_my_sessions_the_newest_first(bearer, open_for, member):
    now = timezone.now()
    old = open_for(member, device_name="old", created_at=now - timedelta(days=2))
    new = open_for(member, device_name="new", created_at=now - timedelta(days=1))

    response = bearer(old.access_token).get(URL)

    body = response.json()
    assert response.status_code == HTTPStatus.OK
    assert body.keys() == {"results", "next", "previous"}
    assert [(row["device_name"], row["current"]) for row in body["results"]] == [
        ("new", False),
        ("old", True),
    ]
    assert body["results"][0]["id"] == str(new.session.pk)
    assert body["results"][0].keys() >= {
        "id",
        "created_at",
        "last_seen_at",
        "expires_at",
        "transport",
        "device_name",
        "platform",
        "app_version",
        "user_agent",
        "address",
        "current",
    }


def test_shows_neither_ended_sessions_nor_those_of_others(
    bearer, opened, open_for, member, make_user
):
    past = timezone.now() - timedelta(seconds=1)
    open_for(member, revoked_at=past)
    open_for(member, idle_expires_at=past)
    open_for(member, expires_at=past)
    open_for(make_user())

    results = bearer(opened.access_token).get(URL).json()["results"]

    assert [row["id"] for row in results] == [str(opened.session.pk)]


def test_shows_no_secret(bearer, opened):
    text = bearer(opened.access_token).get(URL).text

    assert "token" not in text
    assert bytes(opened.session.salt).hex() not in text
    assert opened.session.auth_hash not in text


@pytest.mark.needs_address
@pytest.mark.parametrize(
    ("setting", "shown"),
    [("truncated", "203.0.113.0/24"), ("full", "203.0.113.77"), ("off", "")],
)
def test_shows_the_address_as_coarse_as_the_project_keeps_it(
    api, member, settings, setting, shown
):
    settings.STARTERKIT_AUTH = {"CLIENT_ADDRESS": setting}
    body = {
        "email": getattr(member, member.get_email_field_name()),
        "password": "correct horse battery staple",
    }
    opened = api.post(
        reverse("starterkit_auth:session"), body, REMOTE_ADDR="203.0.113.77"
    ).json()

    header = f"Bearer {opened['access_token']}"
    [row] = api.get(URL, HTTP_AUTHORIZATION=header).json()["results"]

    assert row["address"] == shown


def test_comes_in_pages(bearer, opened, open_for, member):
    for _ in range(3):
        open_for(member)

    first = bearer(opened.access_token).get(URL, {"limit": 3}).json()
    second = bearer(opened.access_token).get(URL, {"limit": 3, "cursor": first["next"]})

    ids = [row["id"] for row in first["results"] + second.json()["results"]]
    assert len(set(ids)) == 4
    assert second.json()["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x"])
def test_refuses_a_malformed_query(bearer, opened, query):
    response = bearer(opened.access_token).get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


class PhonesOnly(ListSessions):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_sessions(self):
        return super().find_sessions().filter(platform="phone")


def test_a_host_can_replace_one_step(bearer, opened, open_for, member, settings):
    open_for(member, platform="phone")
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.sessions.get": f"{__name__}.PhonesOnly"
    }

    results = bearer(opened.access_token).get(URL).json()["results"]

    assert [row["platform"] for row in results] == ["phone"]
