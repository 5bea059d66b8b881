"""GET v1/documents/<key>/: one document in force, and what is coming."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import publish

pytestmark = pytest.mark.django_db


def url(key):
    return reverse("starterkit_terms:document", args=[key])


def test_returns_what_the_list_has(api, make_version, make_draft):
    version = make_version(texts=("en", "pt-br"))
    make_version()
    soon = timezone.now() + timedelta(days=1)
    publish(make_draft(version.document), effective_at=soon)

    key, spoken = version.document.key, {"Accept-Language": "pt"}
    response = api.get(url(key), headers=spoken)

    listed = api.get(reverse("starterkit_terms:documents"), headers=spoken).json()
    (row,) = [it for it in listed["results"] if it["document"] == key]
    assert response.json() == row
    assert (row["locale"], row["upcoming"][0]["number"]) == ("pt-br", 2)
    assert response["Cache-Control"] == "public, max-age=60"


def test_drafts_scheduled_and_unknown_documents_are_not_found(api, make_draft):
    draft = make_draft()
    scheduled = publish(make_draft(), effective_at=timezone.now() + timedelta(days=1))

    for key in (draft.document.key, scheduled.document.key, "none", "x" * 500):
        response = api.get(url(key))
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.json()["code"] == "document_not_found"


def test_a_client_that_has_it_already_gets_304(api, make_version):
    path = url(make_version().document.key)
    tag = api.get(path)["ETag"]

    response = api.get(path, headers={"If-None-Match": tag})

    assert response.status_code == HTTPStatus.NOT_MODIFIED


def test_takes_two_queries(api, make_version, django_assert_num_queries):
    path = url(make_version(texts=("en", "pt-br", "de")).document.key)

    with django_assert_num_queries(2):
        api.get(path)


def test_a_cookie_does_not_choose_the_language(api, make_version):
    document = make_version(texts=("en", "pt-br")).document
    api.cookies["django_language"] = "pt-br"

    response = api.get(url(document.key))

    assert response.json()["locale"] == "en"
