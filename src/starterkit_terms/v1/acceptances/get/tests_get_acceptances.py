"""GET v1/acceptances/: what the caller has accepted, refused and withdrawn."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_terms.conftest import accepting

from .use_case import ListAcceptances

URL = reverse("starterkit_terms:acceptances")

pytestmark = pytest.mark.django_db


@pytest.fixture
def accept(client_of):
    def post(user, *claims):
        return client_of(user).post(URL, {"acceptances": [*claims]})

    return post


def test_returns_my_acts_newest_first(
    client_of, user, accept, make_document, make_version
):
    terms = make_version(make_document(key="terms"))
    consent = make_version(
        make_document(key="newsletter", nature="consent", mandatory=False)
    )
    (accepted,) = accept(user, accepting(terms)).json()["results"]
    url = reverse("starterkit_terms:consent", args=["newsletter"])
    client_of(user).put(url, accepting(consent, state="given"))
    client_of(user).put(url, {"state": "withdrawn"})

    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.OK
    rows = response.json()["results"]
    assert [(row["document"], row["action"]) for row in rows] == [
        ("newsletter", "withdrawn"),
        ("newsletter", "given"),
        ("terms", "accepted"),
    ]
    assert rows[2] == accepted


def test_pages_follow_each_other(client_of, user, accept, make_version):
    accept(user, *[accepting(make_version()) for _ in range(3)])
    client = client_of(user)

    first = client.get(URL, {"limit": 2}).json()
    second = client.get(URL, {"limit": 2, "cursor": first["next"]}).json()

    found = [row["id"] for row in first["results"] + second["results"]]
    assert len(found) == len({*found}) == 3
    assert second["next"] is None


def test_acts_of_others_are_not_mine(client_of, user, make_user, accept, make_version):
    other, version = make_user(), make_version()
    accept(other, accepting(version), accepting(make_version()))
    cursor = client_of(other).get(URL, {"limit": 1}).json()["next"]

    mine = client_of(user).get(URL)
    theirs = client_of(user).get(URL, {"cursor": cursor})

    assert mine.json()["results"] == []
    assert theirs.status_code == HTTPStatus.BAD_REQUEST
    assert theirs.json()["code"] == "invalid_cursor"


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("number", [1, 4])
def test_takes_one_query_for_any_number(
    client_of, user, make_version, django_assert_num_queries, number
):
    client = client_of(user)
    claims = [accepting(make_version()) for _ in range(number)]
    client.post(URL, {"acceptances": claims})

    with django_assert_num_queries(1):
        client.get(URL)


class OnlyAccepted(ListAcceptances):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_acts(self):
        return super().find_acts().filter(action="accepted")


def test_a_host_can_replace_one_step(client_of, user, accept, make_version, settings):
    accept(user, accepting(make_version(), action="refused"))
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.acceptances.get": f"{__name__}.OnlyAccepted"
    }

    assert client_of(user).get(URL).json()["results"] == []
