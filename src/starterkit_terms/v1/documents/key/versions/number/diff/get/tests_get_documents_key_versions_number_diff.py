"""GET v1/documents/<key>/versions/<number>/diff/: what has changed."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import publish

pytestmark = pytest.mark.django_db


def url(document, number):
    return reverse("starterkit_terms:version_diff", args=[document.key, number])


@pytest.fixture
def document(make_document, make_draft):
    """A document with three versions in English, the last one also in Portuguese."""
    document = make_document(key="terms")
    sources = ("One\n\nTwo <b>", "One\n\nTwo!", "Zero\n\nOne\n\nTwo!")
    for number, source in enumerate(sources, 1):
        locales = ("en", "pt-br") if number == 3 else ("en",)
        draft = make_draft(
            document, texts=locales, label=f"v{number}", change_summary=f"{number}."
        )
        draft.texts.update(source=source, checkbox=f"Box {number}")
        publish(draft)
    return document


def test_compares_with_the_version_before(api, document):
    body = api.get(url(document, 2)).json()

    assert (body["document"], body["since"], body["number"]) == ("terms", 1, 2)
    assert body["locale"] == "en"
    assert body["hunks"] == [
        {"op": "equal", "before": ["One"], "after": ["One"]},
        {"op": "replace", "before": ["Two <b>"], "after": ["Two!"]},
    ]
    assert body["html"] == (
        "<p>One</p>\n<del><p>Two &lt;b&gt;</p></del>\n<ins><p>Two!</p></ins>"
    )
    assert (body["before"]["checkbox"], body["after"]["checkbox"]) == ("Box 1", "Box 2")


def test_compares_with_an_older_one_and_tells_each_step(api, document):
    body = api.get(url(document, 3), {"since": "1"}).json()

    assert [(it["number"], it["change_summary"]) for it in body["steps"]] == [
        (2, "2."),
        (3, "3."),
    ]
    assert [hunk["op"] for hunk in body["hunks"]] == ["insert", "equal", "replace"]


def test_uses_a_language_that_both_have(api, document):
    response = api.get(url(document, 3), headers={"Accept-Language": "pt-br"})

    assert response.json()["locale"] == "en"


def test_refuses_versions_without_a_common_language(api, make_document, make_version):
    document = make_document()
    make_version(document)
    make_version(document, texts=("de",))

    response = api.get(url(document, 2))

    assert response.status_code == HTTPStatus.CONFLICT
    assert response.json()["code"] == "not_comparable"


@pytest.mark.parametrize(
    ("number", "query", "refusal"),
    [
        (1, {}, (409, "not_comparable")),
        (2, {"since": "2"}, (409, "not_comparable")),
        (4, {}, (404, "version_not_found")),
        (4, {"since": "1"}, (404, "version_not_found")),
        (2**40, {}, (404, "version_not_found")),
        (2, {"since": "0"}, (400, "validation_error")),
        (2, {"since": "x"}, (400, "validation_error")),
        (2, {"since": "\0"}, (400, "validation_error")),
        (2, {"since": str(2**40)}, (400, "validation_error")),
        (2, {"until": "1"}, (400, "validation_error")),
    ],
)
def test_refuses_other_numbers(api, document, number, query, refusal):
    response = api.get(url(document, number), query)

    assert (response.status_code, response.json()["code"]) == refusal


def test_says_that_the_first_version_has_none_before_it(api, document):
    response = api.get(url(document, 1))

    assert "no earlier version" in response.json()["detail"]


def test_hidden_versions_are_not_compared(api, document, make_draft):
    draft = make_draft(document)
    path = url(document, draft.number)
    assert api.get(path).status_code == HTTPStatus.NOT_FOUND

    publish(draft, announce_at=timezone.now() + timedelta(days=1))

    assert api.get(path).status_code == HTTPStatus.NOT_FOUND


def test_caches_keep_it_for_long(api, document):
    response = api.get(url(document, 2))

    assert response["Cache-Control"] == "public, max-age=2592000"
    again = api.get(url(document, 2), headers={"If-None-Match": response["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED


def test_takes_three_queries(api, document, django_assert_num_queries):
    with django_assert_num_queries(3):
        api.get(url(document, 3), {"since": "1"})
