"""What an erasure has left is no account: no act of an administrator reaches it."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import NoReverseMatch, reverse

from starterkit_users.use_cases.start_erasure import start_erasure

pytestmark = pytest.mark.django_db

ACTS = {
    "change": ("patch", "users-user-id", {"first_name": "Ada"}),
    "give a role": ("put", "users-user-id-roles", {"roles": []}),
    "suspend": ("put", "users-user-id-suspension", {"reason": "Spam"}),
    "lift a suspension": ("delete", "users-user-id-suspension", None),
    "sign out": ("delete", "users-user-id-sessions", None),
    "reset a password": ("post", "users-user-id-password-reset", {}),
    "verify": ("put", "users-user-id-verification", {}),
}


@pytest.fixture
def erased(make_user):
    user = make_user()
    start_erasure(user, by=None, reason="test")
    return user


def row_of(user):
    return get_user_model()._base_manager.filter(pk=user.pk).values().get()


@pytest.mark.parametrize("act", ACTS)
def test_no_act_of_an_administrator_finds_it(client_of, make_user, erased, access, act):
    method, name, body = ACTS[act]
    try:
        url = reverse(f"starterkit_users:{name}", args=[erased.pk])
    except NoReverseMatch:
        pytest.skip("no module answers")
    before = row_of(erased)

    response = getattr(client_of(make_user(is_superuser=True)), method)(url, body)

    assert response.json()["code"] == "user_not_found"
    assert row_of(erased) == before
    assert access.asked == []


def test_the_erasure_itself_may_be_repeated(client_of, make_user, erased):
    url = reverse("starterkit_users:users-user-id", args=[erased.pk])

    response = client_of(make_user(is_superuser=True)).delete(url)

    assert response.status_code == 202
