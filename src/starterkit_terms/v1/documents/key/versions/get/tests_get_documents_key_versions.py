"""GET v1/documents/<key>/versions/: the history of a document."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import LONG_AGO, publish

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def url(key):
    return reverse("starterkit_terms:versions", args=[key])


def test_lists_what_was_in_force_or_is_announced_the_newest_first(
    api, make_document, make_version, make_draft
):
    document, now = make_document(), timezone.now()
    make_version(document)
    make_version(
        document, change_class="inform", at=LONG_AGO + DAY, texts=("en", "pt-br")
    )
    publish(make_draft(document), effective_at=now + DAY)
    publish(make_draft(document), announce_at=now + DAY)
    make_draft(document)
    make_version()

    rows = api.get(url(document.key)).json()["results"]

    assert [(it["number"], it["state"], it["change_class"]) for it in rows] == [
        (3, "scheduled", "active"),
        (2, "published", "inform"),
        (1, "superseded", "active"),
    ]
    assert rows[1]["effective_at"] == rows[1]["enforce_at"] == "2026-01-02T00:00:00Z"
    assert rows[1]["locales"] == ["en", "pt-br"]
    assert "source" not in rows[1]


def test_a_document_without_such_a_version_is_not_found(api, make_draft):
    for key in (make_draft().document.key, "none"):
        response = api.get(url(key))
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.json()["code"] == "document_not_found"


@pytest.mark.parametrize("number", [1, 5])
def test_takes_two_queries_for_any_number_of_versions(
    api, make_document, make_version, django_assert_num_queries, number
):
    document = make_document()
    for _ in range(number):
        make_version(document)

    with django_assert_num_queries(2):
        api.get(url(document.key))
