"""GET v1/me/: what the caller sees, then what the rules promise."""

from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates
from starterkit_users.services.account_fields import account_fields

from .use_case import ReadAccount

URL = reverse("starterkit_users:me")

pytestmark = pytest.mark.django_db


def test_returns_my_account(client_of, make_user):
    user = make_user(first_name="Ada", last_name="Lovelace")

    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.OK
    body = response.json()
    created = body.pop("created_at")
    assert created.endswith("Z")
    assert body == {
        "id": str(user.pk),
        "email": getattr(user, user.get_email_field_name()),
        "first_name": "Ada",
        "last_name": "Lovelace",
    }


def test_never_shows_a_field_that_is_not_listed(client_of, user):
    body = client_of(user).get(URL).json()

    assert body.keys() == {"id", *account_fields()}


def test_needs_a_signed_in_user(api):
    response = api.get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"
    assert response["WWW-Authenticate"]


def test_adds_no_query_to_signing_in(client_of, user, django_assert_num_queries):
    client = client_of(user)

    with django_assert_num_queries(0):
        client.get(URL)


class _Closed:
    code, order, exempt = "test_closed", 1, ()

    class Closed(DomainError):
        code, message, status = "test_closed", "Closed.", HTTPStatus.FORBIDDEN

    def refusal(self, user):
        return self.Closed()


@pytest.fixture
def closed_gate():
    access_gates.register(_Closed())
    yield
    access_gates.unregister("test_closed")


def test_stays_readable_behind_a_closed_gate(client_of, user, closed_gate):
    assert client_of(user).get(URL).status_code == HTTPStatus.OK


class ReadRenamed(ReadAccount):
    """A host project's use case: one step replaced, the rest inherited."""

    def get_account(self):
        account = super().get_account()
        account.first_name = "Renamed"
        return account


def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.get": f"{__name__}.ReadRenamed"
    }

    assert client_of(user).get(URL).json()["first_name"] == "Renamed"
