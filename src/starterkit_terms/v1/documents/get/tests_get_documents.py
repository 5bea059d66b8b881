"""GET v1/documents/: what every client may read, and how caches keep it."""

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_terms.conftest import publish

from .use_case import ListDocuments

URL = reverse("starterkit_terms:documents")

pytestmark = pytest.mark.django_db


def test_returns_what_is_in_force_without_credentials(api, make_document, make_version):
    document = make_document(key="terms", title="internal name")
    make_version(document)
    version = make_version(document, label="2026-11", change_summary="All new.")
    text = version.texts.get()

    response = api.get(URL)

    assert response.status_code == HTTPStatus.OK
    assert response.json() == {
        "results": [
            {
                "document": "terms",
                "nature": "contract",
                "mandatory": True,
                "audience": "",
                "title": "Terms in en",
                "version": str(version.pk),
                "number": 2,
                "label": "2026-11",
                "change_summary": "All new.",
                "change_class": "active",
                "announce_at": "2026-01-01T00:00:00Z",
                "effective_at": "2026-01-01T00:00:00Z",
                "enforce_at": "2026-01-01T00:00:00Z",
                "locale": "en",
                "locales": ["en"],
                "authoritative_locale": "",
                "checkbox": "",
                "content_hash": text.content_hash,
                "html": text.html,
                "source": text.source,
                "upcoming": [],
            }
        ]
    }
    assert text.html.startswith("<h1>Terms</h1>")


def test_lists_documents_in_their_order(api, make_document, make_version):
    for key, position in (("c", 1), ("b", 2), ("a", 2)):
        make_version(make_document(key=key, position=position))

    keys = [row["document"] for row in api.get(URL).json()["results"]]

    assert keys == ["c", "a", "b"]


def test_drafts_and_scheduled_versions_are_hidden(api, make_draft):
    make_draft()
    publish(make_draft(), effective_at=timezone.now() + timedelta(days=1))

    assert api.get(URL).json() == {"results": []}


def test_says_what_is_coming(api, make_version, make_draft):
    first, soon = make_version(), timezone.now() + timedelta(days=1)
    publish(make_draft(first.document, label="next"), effective_at=soon)
    publish(make_draft(first.document), announce_at=soon)

    (row,) = api.get(URL).json()["results"]

    assert row["number"] == 1
    assert [(it["number"], it["label"]) for it in row["upcoming"]] == [(2, "next")]
    assert "html" not in row["upcoming"][0]


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("pt-BR,pt;q=0.9", "pt-br"),
        ("pt", "pt-br"),
        ("de", "en"),
        ("", "en"),
        ("en;q=0.1,pt-BR;q=0.2", "pt-br"),
        ("x" * 5000, "en"),
    ],
)
def test_serves_the_language_that_is_wanted(api, make_version, header, locale):
    make_version(texts=("en", "pt-br"))

    response = api.get(URL, headers={"Accept-Language": header})

    (row,) = response.json()["results"]
    assert (row["locale"], row["locales"]) == (locale, ["en", "pt-br"])
    assert row["title"] == f"Terms in {locale}"


def test_caches_may_share_and_must_ask_again(api, make_version, settings):
    settings.STARTERKIT_TERMS = {"DOCUMENTS_MAX_AGE": timedelta(hours=1)}
    make_version()

    response = api.get(URL)

    assert response["Cache-Control"] == "public, max-age=3600"
    assert "Accept-Language" in response["Vary"]
    assert "Cookie" not in response["Vary"]
    assert response["ETag"].startswith('"')


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*"])
def test_a_client_that_has_it_already_gets_304(api, make_version, form):
    make_version()
    tag = api.get(URL)["ETag"]

    response = api.get(URL, headers={"If-None-Match": form.format(tag)})

    assert response.status_code == HTTPStatus.NOT_MODIFIED
    assert response.content == b""
    assert response["ETag"] == tag
    assert "max-age" in response["Cache-Control"]


def test_the_tag_changes_with_version_language_and_document(
    api, make_document, make_version
):
    document = make_document()
    make_version(document, texts=("en", "pt-br"))
    tags = [api.get(URL)["ETag"]]

    tags.append(api.get(URL, headers={"Accept-Language": "pt-br"})["ETag"])
    make_version(document)
    tags.append(api.get(URL)["ETag"])
    document.mandatory = False
    document.save()
    tags.append(api.get(URL)["ETag"])

    assert len({*tags}) == 4


@pytest.mark.parametrize("number", [1, 4])
def test_takes_two_queries_for_any_number_of_documents(
    api, make_version, django_assert_num_queries, number
):
    for _ in range(number):
        make_version(texts=("en", "pt-br", "de"))

    with django_assert_num_queries(2):
        api.get(URL)


def test_does_not_look_at_credentials(api, make_version):
    make_version()

    response = api.get(URL, headers={"Authorization": "Bearer nonsense"})

    assert response.status_code == HTTPStatus.OK


def test_head_is_answered(api, make_version):
    make_version()

    assert api.head(URL)["ETag"] == api.get(URL)["ETag"]


class OnlyContracts(ListDocuments):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_versions(self):
        return super().find_versions().filter(document__nature="contract")


def test_a_host_can_replace_one_step(api, make_document, make_version, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.documents.get": f"{__name__}.OnlyContracts"
    }
    make_version(make_document(nature="notice", mandatory=False))

    assert api.get(URL).json() == {"results": []}


def test_a_cookie_does_not_choose_the_language(api, make_version):
    make_version(texts=("en", "pt-br"))
    api.cookies["django_language"] = "pt-br"

    response = api.get(URL)

    assert response.json()["results"][0]["locale"] == "en"
