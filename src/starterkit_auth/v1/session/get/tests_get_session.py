from http import HTTPStatus

import pytest
from django.urls import reverse

from starterkit_auth.services import user_addresses
from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates

from .use_case import ReadSession

URL = reverse("starterkit_auth:session")

pytestmark = pytest.mark.django_db


class Outstanding(DomainError):
    code = "test_outstanding"
    message = "Something is outstanding."
    status = HTTPStatus.FORBIDDEN


class Gate:
    code = Outstanding.code
    order = 1
    exempt = ()

    def refusal(self, user):
        return Outstanding()


@pytest.fixture
def closed_gate():
    access_gates.register(Gate())
    yield
    access_gates.unregister(Gate.code)


@pytest.mark.needs_address
def test_shows_the_user_and_the_session(bearer, opened, member):
    response = bearer(opened.access_token).get(URL)

    body = response.json()
    assert response.status_code == HTTPStatus.OK
    assert body["user"] == {
        "id": str(member.pk),
        "email": user_addresses.address_of(member),
    }
    assert body["session"]["id"] == str(opened.session.pk)
    assert body["session"]["transport"] == "bearer"
    assert body["session"]["created_at"].endswith("Z")
    assert isinstance(body["pending_gates"], list)
    assert response["Cache-Control"] == "no-store"


def test_shows_no_secret(bearer, opened):
    text = bearer(opened.access_token).get(URL).text

    assert "token" not in text
    assert bytes(opened.session.salt).hex() not in text
    assert opened.session.auth_hash not in text


def test_the_cookie_reads_it_too(browser, open_for, member):
    opened = open_for(member, "cookie")

    body = browser(opened).get(URL).json()

    assert body["session"]["id"] == str(opened.session.pk)
    assert body["session"]["transport"] == "cookie"


def test_lists_closed_gates_and_stays_open(bearer, opened, closed_gate):
    response = bearer(opened.access_token).get(URL)

    assert response.status_code == HTTPStatus.OK
    assert Gate.code in response.json()["pending_gates"]


def test_a_user_signed_in_by_other_means_has_no_session_here(client_of, member):
    body = client_of(member).get(URL).json()

    assert body["session"] is None
    assert body["user"]["id"] == str(member.pk)


def test_needs_a_signed_in_user(api):
    response = api.get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"
    assert response["WWW-Authenticate"] == "Bearer"


class NothingPending(ReadSession):
    """A host project's use case: one step replaced, the rest inherited."""

    def pending_gates(self):
        return []


def test_a_host_can_replace_one_step(bearer, opened, closed_gate, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_auth.v1.session.get": f"{__name__}.NothingPending"
    }

    response = bearer(opened.access_token).get(URL)

    assert response.json()["pending_gates"] == []
