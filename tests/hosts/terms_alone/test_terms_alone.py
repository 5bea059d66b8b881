import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from rest_framework.authtoken.models import Token

from starterkit_core.testing.client import ApiClient
from starterkit_terms.models import Acceptance

PENDING = "/api/terms/v1/pending/"
ACCEPT = "/api/terms/v1/acceptances/"


@pytest.fixture
def ada(db):
    user = get_user_model().objects.create_user("ada")
    client = ApiClient()
    token = Token.objects.create(user=user)
    client.credentials(HTTP_AUTHORIZATION=f"Token {token.key}")
    return client


def test_a_token_of_drf_accepts_and_opens_the_gate(ada, published):
    refused = ada.get("/orders/")
    accepted = ada.post(ACCEPT, published)

    assert refused.status_code == 403
    assert refused.json()["code"] == "terms_acceptance_required"
    assert accepted.status_code == 201
    assert ada.get("/orders/").status_code == 200
    assert ada.get(PENDING).json()["results"] == []


def test_an_anonymous_client_cannot_accept(api, published):
    response = api.post(ACCEPT, published)

    assert response.status_code == 401
    assert not Acceptance.objects.exists()


def test_a_session_that_cannot_accept_is_not_locked_out(ada, published):
    browser = Client()
    browser.force_login(get_user_model().objects.get())

    assert browser.get("/pages/").status_code == 200
