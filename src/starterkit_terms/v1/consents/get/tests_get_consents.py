"""GET v1/consents/: every consent, and what the caller decided."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_terms.conftest import accepting

from .use_case import ListConsents

URL = reverse("starterkit_terms:consents")

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_consent(make_document, make_version):
    def make(key, **fields):
        document = make_document(key=key, nature="consent", mandatory=False)
        return make_version(document, **fields)

    return make


def decide(client, version, state):
    url = reverse("starterkit_terms:consent", args=[version.document.key])
    return client.put(url, accepting(version, state=state))


def test_returns_consents_with_what_i_decided(client_of, user, make_consent):
    consents = {key: make_consent(key) for key in ("a-new", "b-given", "c-refused")}
    client = client_of(user)
    decide(client, consents["b-given"], "given")
    decide(client, consents["c-refused"], "refused")

    rows = client.get(URL).json()["results"]

    assert [(row["document"], row["state"]) for row in rows] == [
        ("a-new", "not_asked"),
        ("b-given", "given"),
        ("c-refused", "refused"),
    ]
    assert (rows[0]["decided_at"], rows[0]["decided_number"]) == (None, None)
    assert rows[1]["decided_at"].endswith("Z")


def test_leaves_out_what_is_no_consent_or_not_in_force(
    client_of, user, make_version, make_draft, make_document
):
    make_version()
    make_draft(make_document(nature="consent", mandatory=False))

    assert client_of(user).get(URL).json() == {"results": []}


def test_shows_that_there_is_a_newer_version(
    client_of, user, make_consent, make_version
):
    first = make_consent("newsletter")
    decide(client_of(user), first, "given")
    make_version(first.document)

    (row,) = client_of(user).get(URL).json()["results"]

    assert (row["state"], row["decided_number"], row["number"]) == ("given", 1, 2)


def test_decisions_of_others_are_not_mine(client_of, user, make_user, make_consent):
    decide(client_of(make_user()), make_consent("newsletter"), "given")

    (row,) = client_of(user).get(URL).json()["results"]

    assert row["state"] == "not_asked"


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("number", [1, 4])
def test_takes_two_queries_for_any_number(
    client_of, user, make_consent, django_assert_num_queries, number
):
    for index in range(number):
        make_consent(f"consent-{index}", texts=("en", "pt-br"))
    client = client_of(user)

    with django_assert_num_queries(2):
        client.get(URL)


class NoConsents(ListConsents):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_consents(self):
        return []


def test_a_host_can_replace_one_step(client_of, user, make_consent, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.consents.get": f"{__name__}.NoConsents"
    }
    make_consent("newsletter")

    assert client_of(user).get(URL).json() == {"results": []}
