"""Administrators list invitations."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from starterkit_core.db.databases import rows_of
from starterkit_users.models import invitation_model

URL = reverse_lazy("starterkit_users:invitations")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("with_addresses"),
]


@pytest.fixture
def look(client_of, inviter):
    """Return the ids of the invitations that the filters let through, in order."""

    def read(**filters):
        response = client_of(inviter).get(URL, filters)
        assert response.status_code == HTTPStatus.OK, response.content
        return [row["id"] for row in response.json()["results"]]

    return read


def test_shows_the_newest_invitation_first(ask, look):
    first, second = ask("a@example.com").json(), ask("b@example.com").json()

    assert look() == [second["id"], first["id"]]


def test_narrows_it_to_a_state(invite, accept, look, client_of, inviter):
    names = ("open", "expired", "accepted", "revoked")
    made = {name: invite(f"{name}@example.com") for name in names}
    ids = {name: invitation["id"] for name, (invitation, _) in made.items()}
    accept(made["accepted"][1])
    url = reverse("starterkit_users:invitations-invitation-id", args=[ids["revoked"]])
    client_of(inviter).delete(url)
    past = timezone.now() - timedelta(seconds=1)
    rows_of(invitation_model()).filter(pk=ids["expired"]).update(expires_at=past)

    assert {name: look(state=name) for name in names} == {
        name: [ids[name]] for name in names
    }
    shown = client_of(inviter).get(URL).json()["results"]
    assert {row["email"]: row["state"] for row in shown} == {
        f"{name}@example.com": name for name in names
    }


def test_pages_have_every_invitation_once(ask, client_of, inviter):
    ids = [ask(f"p{number}@example.com").json()["id"] for number in range(5)]
    client, found, cursor = client_of(inviter), [], ""

    while cursor is not None:
        page = client.get(URL, {"limit": 2, "state": "open", "cursor": cursor}).json()
        found += [row["id"] for row in page["results"]]
        cursor = page["next"]

    assert found == ids[::-1]


@pytest.mark.parametrize(
    "query", ["state=lost", "state=", "state=%00", "email=a", "state=open&state=open"]
)
def test_refuses_a_query_that_it_does_not_offer(client_of, inviter, query):
    response = client_of(inviter).get(f"{URL}?{query}")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "validation_error"


def test_shows_no_secret(invite, client_of, inviter):
    _, token = invite()

    text = client_of(inviter).get(URL).content.decode()

    assert token not in text
    assert "salt" not in text


def test_needs_the_permission(client_of, user):
    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.FORBIDDEN
    assert response.json()["code"] == "permission_denied"


def test_reading_more_takes_no_more_queries(
    ask, client_of, inviter, django_assert_num_queries
):
    ask("first@example.com")
    with CaptureQueriesContext(connection) as queries:
        client_of(type(inviter)._base_manager.get(pk=inviter.pk)).get(URL)
        few = len(queries)
    [ask(f"p{number}@example.com") for number in range(5)]

    with django_assert_num_queries(few):
        client_of(type(inviter)._base_manager.get(pk=inviter.pk)).get(URL)
