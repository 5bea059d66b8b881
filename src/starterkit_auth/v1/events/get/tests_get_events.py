import re
from http import HTTPStatus
from pathlib import Path

import pytest
from django.urls import reverse

import starterkit_auth
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.testing.plugin import PASSWORD
from starterkit_core.utils.client import Client

from . import docs
from .use_case import ListEvents

URL = reverse("starterkit_auth:events")
PHONE = Client(address="203.0.113.77", user_agent="Engines/4.2")

pytestmark = pytest.mark.django_db


@pytest.fixture
def happen(member):
    """Record an event about ``member``; the actor is ``member`` by default."""

    def record(action="auth.signed_in", *, actor=member, subject=member, **facts):
        return audit.record(
            action, actor=actor, subject=subject, client=PHONE, facts=facts
        )

    return record


@pytest.fixture
def read_log(bearer, opened):
    """Return a function that reads the log of ``member`` in the session ``opened``."""
    return lambda: results_of(bearer(opened.access_token).get(URL))


def results_of(response):
    assert response.status_code == HTTPStatus.OK, response.content
    return response.json()["results"]


def test_shows_the_newest_event_first(read_log, opened, happen):
    session = str(opened.session.pk)
    happen("auth.signed_in", session=session, method="password")
    happen("auth.sign_in_refused", actor=None, reason="wrong", method="password")

    refused, signed_in = read_log()

    assert refused["action"] == "auth.sign_in_refused"
    assert refused["facts"] == {"method": "password", "reason": "wrong"}
    assert refused["current"] is False
    assert signed_in.keys() == {
        "id",
        "created_at",
        "action",
        "address",
        "user_agent",
        "impersonated",
        "current",
        "facts",
    }
    assert signed_in["created_at"].endswith("Z")
    assert signed_in["address"] == "203.0.113.0/24"
    assert signed_in["user_agent"] == "Engines/4.2"
    assert signed_in["current"] is True


@pytest.mark.needs_address
def test_shows_a_real_sign_in(api, bearer, member):
    address = getattr(member, member.get_email_field_name())
    body = {"email": address, "password": PASSWORD}
    api.post(reverse("starterkit_auth:session"), body | {"password": "wrong"})
    opened = api.post(reverse("starterkit_auth:session"), body).json()

    events = results_of(bearer(opened["access_token"]).get(URL))

    assert [(event["action"], event["current"]) for event in events] == [
        ("auth.signed_in", True),
        ("auth.sign_in_refused", False),
    ]
    assert address not in str(events)


def test_shows_neither_others_events_nor_those_of_other_modules(
    read_log, opened, happen, make_user
):
    stranger = make_user()
    happen(subject=stranger)
    happen(actor=stranger, subject=None)
    happen("users.suspended")
    AuditEvent.objects.create(
        action="auth.signed_in",
        subject_type="shop.Customer",
        subject_id=str(opened.user.pk),
    )

    assert read_log() == []


def test_shows_only_listed_facts(read_log, happen):
    happen(ticket="the administrator's note", reason="asked", token="skl_secret")

    [event] = read_log()

    assert event["facts"] == {"reason": "asked"}


def test_hides_address_and_user_agent_of_an_administrator(read_log, happen, make_user):
    happen("auth.sessions_ended", actor=make_user(), number=2)

    [event] = read_log()

    assert (event["address"], event["user_agent"]) == ("", "")
    assert event["facts"] == {"number": 2}


@pytest.mark.parametrize(
    ("setting", "shown"),
    [("truncated", "203.0.113.0/24"), ("full", "203.0.113.77"), ("off", "")],
)
def test_shows_addresses_as_coarse_as_the_project_keeps_them(
    read_log, happen, settings, setting, shown
):
    happen()
    settings.STARTERKIT_AUTH = {"CLIENT_ADDRESS": setting}

    [event] = read_log()

    assert event["address"] == shown


def test_comes_in_pages(bearer, opened, happen):
    made = [str(happen().pk) for _ in range(5)]
    client = bearer(opened.access_token)

    first = client.get(URL, {"limit": 3}).json()
    second = client.get(URL, {"limit": 3, "cursor": first["next"]}).json()

    found = [event["id"] for event in first["results"] + second["results"]]
    assert found == made[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "cursor=x"])
def test_refuses_a_malformed_query(bearer, opened, query):
    response = bearer(opened.access_token).get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


NEVER_SHOWN = {
    "auth.addresses_imported",
    "auth.all_sessions_ended",
    "auth.confirmation_refused",
    "auth.email_reversal_refused",
    "auth.password_reset_refused",
}
"""Events without a subject."""


def test_every_recorded_action_is_explained():
    folder = Path(starterkit_auth.__file__).parent
    code = "".join(
        file.read_text("utf-8")
        for file in folder.rglob("*.py")
        if not file.name.startswith("tests_")
    )
    written = set(re.findall(r'(?:note|record)\(\s*"(auth\.\w+)"', code))
    explained = set(
        re.findall(r"`(auth\.\w+)`", Path(docs.__file__).read_text("utf-8"))
    )

    assert written - NEVER_SHOWN <= explained


class NoFailures(ListEvents):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_events(self):
        return super().find_events().exclude(action="auth.sign_in_refused")


def test_a_host_can_replace_one_step(read_log, happen, settings):
    happen("auth.sign_in_refused")
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.events.get": f"{__name__}.NoFailures"
    }

    assert read_log() == []
