"""GET v1/documents/<key>/versions/<number>/: one frozen version."""

from datetime import timedelta
from hashlib import sha256
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import publish

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def url(document, number):
    return reverse("starterkit_terms:version", args=[document.key, number])


def test_returns_a_superseded_version_with_its_hashes(api, make_document, make_version):
    document = make_document()
    first = make_version(document, texts=("en", "pt-br"), authoritative_locale="en")
    make_version(document)

    response = api.get(url(document, 1), headers={"Accept-Language": "pt"})

    body, text = response.json(), first.texts.get(locale="pt-br")
    assert (body["locale"], body["locales"]) == ("pt-br", ["en", "pt-br"])
    assert body["authoritative_locale"] == "en"
    assert (body["content_hash"], body["source"]) == (text.content_hash, text.source)
    assert body["html_hash"] == sha256(body["html"].encode()).hexdigest()
    assert body["renderer"].startswith("markdown-it-py")


def test_caches_keep_it_for_long(api, make_version):
    path = url(make_version().document, 1)

    response = api.get(path)

    assert response["Cache-Control"] == "public, max-age=2592000"
    assert response["Vary"] == "Accept, Accept-Language"
    again = api.get(path, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == HTTPStatus.NOT_MODIFIED


def test_the_answer_stays_the_same_when_it_is_superseded(
    api, make_document, make_version
):
    document = make_document()
    make_version(document)
    before = api.get(url(document, 1))
    document.mandatory, document.position = False, 9
    document.save()
    make_version(document)

    after = api.get(url(document, 1))

    assert (after["ETag"], after.json()) == (before["ETag"], before.json())


def test_an_announced_version_can_be_read(api, make_draft):
    version = publish(make_draft(), effective_at=timezone.now() + DAY)

    assert api.get(url(version.document, 1)).json()["version"] == str(version.pk)


def test_hidden_and_unknown_versions_are_not_found(api, make_draft):
    draft = make_draft()
    hidden = publish(make_draft(), announce_at=timezone.now() + DAY)

    for path in (
        url(draft.document, 1),
        url(hidden.document, 1),
        url(draft.document, 0),
        url(draft.document, 2**31),
        url(draft.document, 10**40),
    ):
        response = api.get(path)
        assert response.status_code == HTTPStatus.NOT_FOUND
        assert response.json()["code"] == "version_not_found"


def test_takes_two_queries(api, make_version, django_assert_num_queries):
    path = url(make_version(texts=("en", "pt-br")).document, 1)

    with django_assert_num_queries(2):
        api.get(path)


def test_a_cookie_does_not_choose_the_language(api, make_version):
    document = make_version(texts=("en", "pt-br")).document
    api.cookies["django_language"] = "pt-br"

    response = api.get(url(document, 1))

    assert response.json()["locale"] == "en"
