"""Our own model of acceptances, filled by the API and by sign-up."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from model_bakery import baker

from example_project.legal.models import Acceptance
from starterkit_terms.models import (
    VersionText,
    acceptance_model,
    document_model,
    version_model,
)
from starterkit_terms.use_cases.publish_version import (
    PublishVersion,
    PublishVersionInput,
)

DOCUMENTS = reverse("starterkit_terms:documents")
ACCEPTANCES = reverse("starterkit_terms:acceptances")
REGISTRATION = reverse("starterkit_auth:registration")

pytestmark = pytest.mark.django_db


@pytest.fixture
def terms():
    """Terms in force, in two languages."""
    document = baker.make(document_model(), key="terms", mandatory=True)
    version = baker.make(version_model(), document=document, number=1)
    for locale in ("en", "pt-br"):
        baker.make(VersionText, version=version, locale=locale)
    return PublishVersion.execute(PublishVersionInput(version=version))


def claim_of(api, language):
    """What a client sends that has read the terms in this language."""
    answer = api.get(DOCUMENTS, headers={"Accept-Language": language})
    (document,) = answer.json()["results"]
    return {name: document[name] for name in ("version", "content_hash")}


def test_our_model_is_the_one_in_use():
    assert acceptance_model() is Acceptance


@pytest.mark.parametrize(
    ("language", "company"),
    [("en", "Example Ltd."), ("pt-BR", "Exemplo Brasil Ltda.")],
)
@pytest.mark.usefixtures("terms")
def test_the_api_saves_the_contracting_party(api, client_of, user, language, company):
    body = {"acceptances": [claim_of(api, language)]}

    response = client_of(user).post(ACCEPTANCES, body)

    assert response.status_code == HTTPStatus.CREATED
    assert Acceptance.objects.get().contracting_party == company


def test_a_sign_up_saves_it_too(api, sign_up, terms):
    body = {"email": "ada@example.org", "password": "lighthouse-keeper-7"}

    response = sign_up(**body, accepted_terms=[claim_of(api, "en")])

    acceptance = Acceptance.objects.get()
    assert response.status_code == HTTPStatus.CREATED
    assert acceptance.user.email == "ada@example.org"
    assert acceptance.contracting_party == "Example Ltd."


def test_without_the_terms_there_is_no_account_and_no_evidence(api, terms):
    body = {"email": "ada@example.org", "password": "lighthouse-keeper-7"}

    response = api.post(REGISTRATION, body)

    assert response.json()["code"] == "terms_not_accepted"
    assert not Acceptance.objects.exists()


def test_notes_wait_until_the_terms_are_accepted(api, client_of, user, terms):
    notes, person = reverse("notes:notes"), client_of(user)

    before = person.get(notes)
    person.post(ACCEPTANCES, {"acceptances": [claim_of(api, "en")]})
    after = person.get(notes)

    assert before.status_code == HTTPStatus.FORBIDDEN
    assert before.json()["code"] == "terms_acceptance_required"
    assert after.status_code == HTTPStatus.OK
