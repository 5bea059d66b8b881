"""GET v1/pending/: what I must accept, and by when."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import accepting, publish

from .use_case import ListPending

URL = reverse("starterkit_terms:pending")
ACCEPT = reverse("starterkit_terms:acceptances")

pytestmark = pytest.mark.django_db


def test_returns_versions_that_i_have_not_accepted(
    client_of, user, make_document, make_version
):
    version = make_version(make_document(key="terms"), texts=("en", "pt-br"))
    text = version.texts.get(locale="pt-br")

    response = client_of(user).get(URL, headers={"Accept-Language": "pt"})

    assert response.status_code == HTTPStatus.OK
    assert response.json() == {
        "results": [
            {
                "document": "terms",
                "nature": "contract",
                "title": "Terms in pt-br",
                "version": str(version.pk),
                "number": 1,
                "label": "v1",
                "change_summary": version.change_summary,
                "change_class": "active",
                "announce_at": "2026-01-01T00:00:00Z",
                "effective_at": "2026-01-01T00:00:00Z",
                "enforce_at": "2026-01-01T00:00:00Z",
                "locale": "pt-br",
                "locales": ["en", "pt-br"],
                "authoritative_locale": "",
                "checkbox": "",
                "content_hash": text.content_hash,
                "blocking": True,
                "optional": False,
            }
        ],
        "upcoming": [],
    }
    assert "max-age" not in response["Cache-Control"]


def test_shows_the_deadline_and_that_it_does_not_block_yet(
    client_of, user, make_version
):
    deadline = timezone.now() + timedelta(days=30)
    make_version(enforce_at=deadline)

    (row,) = client_of(user).get(URL).json()["results"]

    assert datetime.fromisoformat(row["enforce_at"]) == deadline.astimezone(UTC)
    assert row["blocking"] is False


def test_is_empty_once_all_is_accepted(client_of, user, make_user, make_version):
    version = make_version()
    client_of(user).post(ACCEPT, {"acceptances": [accepting(version)]})

    assert client_of(user).get(URL).json() == {"results": [], "upcoming": []}
    assert client_of(make_user()).get(URL).json()["results"]


def test_leaves_out_optional_documents(client_of, user, make_document, make_version):
    make_version(make_document(mandatory=False))

    assert client_of(user).get(URL).json() == {"results": [], "upcoming": []}


def test_asks_for_consents_once_and_says_that_they_are_optional(
    client_of, user, make_document, make_version
):
    version = make_version(make_document(nature="consent", mandatory=False))
    client = client_of(user)

    (row,) = client.get(URL).json()["results"]
    url = reverse("starterkit_terms:consent", args=[version.document.key])
    client.put(url, accepting(version, state="refused"))

    assert (row["optional"], row["blocking"], row["enforce_at"]) == (True, False, None)
    assert client.get(URL).json()["results"] == []


def test_needs_a_signed_in_user(api):
    response = api.get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("number", [1, 4])
def test_takes_three_queries_for_any_number_of_documents(
    client_of, user, make_version, django_assert_num_queries, number
):
    for _ in range(number):
        make_version(texts=("en", "pt-br"))
    client = client_of(user)

    with django_assert_num_queries(3):
        client.get(URL)


def test_takes_two_queries_when_no_version_is_pending(
    client_of, user, django_assert_num_queries
):
    client = client_of(user)

    with django_assert_num_queries(2):
        client.get(URL)


def test_says_what_is_coming(client_of, user, make_document, make_version, make_draft):
    document, optional = make_version().document, make_document(mandatory=False)
    soon = timezone.now() + timedelta(days=9)
    publish(make_draft(document, label="next"), effective_at=soon)
    publish(make_draft(optional), effective_at=soon)

    (row,) = client_of(user).get(URL).json()["upcoming"]

    assert (row["document"], row["label"]) == (document.key, "next")
    assert datetime.fromisoformat(row["effective_at"]) == soon.astimezone(UTC)


def test_says_nothing_of_silent_changes_or_before_the_announcement(
    client_of, user, make_version, make_draft
):
    document, now = make_version().document, timezone.now()
    soon = now + timedelta(days=9)
    publish(make_draft(document), effective_at=soon, change_class="silent")
    publish(
        make_draft(document), announce_at=now + timedelta(days=1), effective_at=soon
    )

    assert client_of(user).get(URL).json()["upcoming"] == []


class NothingPending(ListPending):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_pending(self, at):
        return []


def test_a_host_can_replace_one_step(client_of, user, make_version, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.pending.get": f"{__name__}.NothingPending"
    }
    make_version()

    assert client_of(user).get(URL).json() == {"results": [], "upcoming": []}
