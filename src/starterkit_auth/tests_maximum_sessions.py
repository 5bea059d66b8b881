"""Parallel sign-ins never leave more sessions than allowed (C045)."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from django.utils import timezone

from starterkit_auth.models import session_model
from starterkit_auth.services import user_addresses
from starterkit_core.testing.client import ApiClient
from starterkit_core.testing.plugin import PASSWORD

PARALLEL = 16
MOST = 3

SESSION = reverse("starterkit_auth:session")


@pytest.fixture
def sign_in(member, tune):
    """Return a function that signs ``member`` in and returns the tokens."""
    tune(
        MAX_SESSIONS=MOST,
        SIGN_IN_ACCOUNT_LIMIT="1000/1h",
        HASHES_AT_ONCE=PARALLEL,
    )
    body = {"email": user_addresses.address_of(member), "password": PASSWORD}

    def post(number=0):
        response = ApiClient().post(SESSION, body)
        assert response.status_code == HTTPStatus.CREATED
        return response.json()["access_token"]

    return post


def is_in(token):
    client = ApiClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get(SESSION).status_code == HTTPStatus.OK


@pytest.mark.django_db(transaction=True)
def test_no_more_are_left_than_allowed(at_once, sign_in):
    tokens = at_once(PARALLEL, sign_in)

    live = session_model().objects.live_at(timezone.now())
    reasons = session_model().objects.values_list("revoke_reason", flat=True)
    assert live.count() == MOST
    assert sum(map(is_in, tokens)) == MOST
    assert sorted(reasons) == [""] * MOST + ["too_many"] * (PARALLEL - MOST)


@pytest.mark.django_db(transaction=True)
def test_the_newest_stay(at_once, sign_in):
    former = [sign_in() for _ in range(MOST)]

    newer = at_once(MOST, sign_in)

    assert not any(map(is_in, former))
    assert all(map(is_in, newer))
