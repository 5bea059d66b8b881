"""GET v1/consents/<key>/: one consent, and what the caller decided."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_terms.conftest import accepting

from .use_case import ReadConsent

URL = reverse("starterkit_terms:consent", args=["newsletter"])

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(make_document, make_version):
    document = make_document(key="newsletter", nature="consent", mandatory=False)
    return make_version(document, texts=("en", "pt-br"))


def test_returns_the_consent_in_my_language(client_of, user, version):
    response = client_of(user).get(URL, headers={"Accept-Language": "pt"})

    assert response.status_code == HTTPStatus.OK
    text = version.texts.get(locale="pt-br")
    assert response.json() == {
        "document": "newsletter",
        "nature": "consent",
        "title": "Terms in pt-br",
        "version": str(version.pk),
        "number": 1,
        "label": "v1",
        "change_summary": version.change_summary,
        "change_class": "active",
        "authoritative_locale": "",
        "checkbox": "",
        "announce_at": "2026-01-01T00:00:00Z",
        "effective_at": "2026-01-01T00:00:00Z",
        "locale": "pt-br",
        "locales": ["en", "pt-br"],
        "content_hash": text.content_hash,
        "state": "not_asked",
        "decided_at": None,
        "decided_number": None,
        "expires_at": None,
    }


def test_shows_what_i_decided_last(client_of, user, version):
    client = client_of(user)
    answer = client.put(URL, accepting(version, state="refused"))

    assert client.get(URL).json() == answer.json()


def test_there_is_none_that_is_a_contract_or_unknown(
    client_of, user, make_document, make_version
):
    make_version(make_document(key="newsletter"))

    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.NOT_FOUND
    assert response.json()["code"] == "consent_not_found"


def test_needs_a_signed_in_user(api):
    assert api.get(URL).status_code == HTTPStatus.UNAUTHORIZED


def test_takes_two_queries(client_of, user, version, django_assert_num_queries):
    client = client_of(user)

    with django_assert_num_queries(2):
        client.get(URL)


class Relabelled(ReadConsent):
    """A host project's use case: one step replaced, the rest inherited."""

    def find_consent(self):
        found = super().find_consent()
        found.version.label = "replaced"
        return found


def test_a_host_can_replace_one_step(client_of, user, version, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_terms.v1.consents.key.get": f"{__name__}.Relabelled"
    }

    assert client_of(user).get(URL).json()["label"] == "replaced"
