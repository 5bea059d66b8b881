from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.services import audit
from starterkit_core.utils.client import Client
from starterkit_core.utils.uuid7 import first_id_at

from .use_case import ListAuditEvents

URL = reverse("starterkit_users:audit-events")
PHONE = Client(address="203.0.113.77", user_agent="Engines/4.2", request_id="r" * 32)

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(make_user):
    """A user with the permission, who is no superuser and no staff."""
    user = make_user()
    codename = "view_auditevent"
    user.user_permissions.add(rows_of(Permission).get(codename=codename))
    return user


@pytest.fixture
def look(client_of, auditor):
    """Return the events that the filters let through."""

    def read(**filters):
        response = client_of(auditor).get(URL, filters)
        assert response.status_code == HTTPStatus.OK, response.content
        return response.json()["results"]

    return read


def happened(action="shop.sold", **event):
    return audit.record(action, **event)


def test_shows_the_newest_event_first(look, user):
    happened()
    happened(
        "users.account_updated",
        actor=user,
        subject=user,
        client=PHONE,
        reason="Asked for by mail",
        facts={"fields": ["first_name"]},
    )

    newest, oldest = look()

    assert oldest["action"] == "shop.sold"
    assert newest.pop("id") > oldest["id"]
    assert newest.pop("created_at").endswith("Z")
    assert newest == {
        "action": "users.account_updated",
        "actor_id": str(user.pk),
        "impersonator_id": "",
        "subject_type": user._meta.label,
        "subject_id": str(user.pk),
        "address": "203.0.113.77",
        "user_agent": "Engines/4.2",
        "request_id": "r" * 32,
        "reason": "Asked for by mail",
        "facts": {"fields": ["first_name"]},
    }


def test_narrows_it_by_every_filter(look, user, auditor):
    happened("shop.sold", actor=user, subject=auditor)
    happened("shop.sold", actor=auditor, subject=user)
    happened("shop.bought", actor=user, subject=user)

    assert len(look()) == 3
    assert len(look(action="shop.sold")) == 2
    assert len(look(actor=str(user.pk))) == 2
    assert len(look(subject=str(user.pk))) == 2
    assert len(look(action="shop.sold", actor=str(user.pk))) == 1
    assert look(action="shop") == []


def test_narrows_it_to_a_time(look):
    now, day = datetime.now(UTC), timedelta(days=1)
    AuditEvent.objects.create(id=first_id_at(now - 2 * day), action="shop.opened")
    happened("shop.closed")
    yesterday = (now - day).isoformat()

    assert [event["action"] for event in look(since=yesterday)] == ["shop.closed"]
    assert [event["action"] for event in look(until=yesterday)] == ["shop.opened"]


@pytest.mark.parametrize(
    ("since", "number"),
    [
        ("0001-01-01T00:00:00Z", 1),
        ("9999-12-31T23:59:59Z", 0),
        ("2020-02-29T23:00:00-03:00", 1),
    ],
)
def test_takes_any_moment(look, since, number):
    happened()

    assert len(look(since=since)) == number


@pytest.mark.parametrize(
    "query",
    [
        "since=yesterday",
        "since=2026-11-26T10:04:50",
        "since=0001-01-01T00:00:00%2B23:59",
        "until=1764151490",
        "until=",
        "action=" + "x" * 65,
        "actor=%00",
        "subject=",
        "limit=0",
        "cursor=x",
        "action=a&action=b",
        "facts__session=x",
        "actor_id=1",
    ],
)
def test_refuses_a_query_that_it_does_not_understand(client_of, auditor, query):
    response = client_of(auditor).get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] in {"validation_error", "invalid_cursor"}


def test_names_a_filter_that_does_not_exist(client_of, auditor):
    response = client_of(auditor).get(URL, {"actoin": "shop.sold"})

    [error] = response.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/actoin", "unknown")


def test_comes_in_pages(client_of, auditor, user):
    made = [str(happened(actor=user).pk) for _ in range(5)]
    client, filters = client_of(auditor), {"actor": str(user.pk), "limit": 3}
    first = client.get(URL, filters).json()

    second = client.get(URL, filters | {"cursor": first["next"]}).json()

    found = [event["id"] for event in first["results"] + second["results"]]
    assert found == made[::-1]
    assert second["next"] is None


def test_a_cursor_of_other_filters_is_refused(client_of, auditor, user):
    [happened(actor=user) for _ in range(2)]
    first = client_of(auditor).get(URL, {"limit": 1}).json()

    filters = {"actor": str(user.pk), "cursor": first["next"]}
    response = client_of(auditor).get(URL, filters)

    assert response.json()["code"] == "invalid_cursor"


def test_needs_the_permission(client_of, user):
    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_a_permission_that_was_taken_away_counts_no_more(client_of, auditor):
    auditor.user_permissions.clear()
    again = type(auditor)._base_manager.get(pk=auditor.pk)

    assert client_of(again).get(URL).status_code == HTTPStatus.FORBIDDEN


class NoSales(ListAuditEvents):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_events(self):
        return super().find_events().exclude(action="shop.sold")


def test_a_host_can_replace_one_step(look, settings):
    happened("shop.sold")
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.audit_events.get": f"{__name__}.NoSales"
    }

    assert look() == []
