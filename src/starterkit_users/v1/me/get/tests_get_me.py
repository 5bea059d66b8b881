"""GET v1/me/: what the caller sees, then what the rules promise."""

from http import HTTPStatus

import pytest
from django.urls import reverse
from rest_framework import serializers

from starterkit_core.errors import DomainError
from starterkit_core.ports import access_gates, account_sections
from starterkit_users.services import avatars
from starterkit_users.services.account_fields import account_fields

from .use_case import ReadAccount

URL = reverse("starterkit_users:me")

PICTURE = {"avatar": None} if avatars.are_offered() else {}

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("with_addresses")
def test_returns_my_account(client_of, make_user):
    user = make_user(first_name="Ada", last_name="Lovelace")

    response = client_of(user).get(URL)

    assert response.status_code == HTTPStatus.OK
    body = response.json()
    created = body.pop("created_at")
    assert created.endswith("Z")
    assert (body.pop("status", "active"), body.pop("status_until", None)) == (
        "active",
        None,
    )
    assert {body.pop(name, "") for name in ("locale", "time_zone")} == {""}
    assert body == PICTURE | {
        "id": str(user.pk),
        "email": getattr(user, user.get_email_field_name()),
        "first_name": "Ada",
        "last_name": "Lovelace",
    }


def test_never_shows_a_field_that_is_not_listed(client_of, user):
    body = client_of(user).get(URL).json()

    assert body.keys() == {"id", *account_fields(), *PICTURE}


def test_needs_a_signed_in_user(api):
    response = api.get(URL)

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "not_authenticated"
    assert response["WWW-Authenticate"]


def test_a_client_that_has_the_account_gets_304(client_of, user):
    tag = client_of(user).get(URL)["ETag"]

    response = client_of(user).get(URL, headers={"If-None-Match": tag})

    assert response.status_code == HTTPStatus.NOT_MODIFIED
    assert response.content == b""


def test_the_tag_changes_with_the_account(client_of, user):
    tag = client_of(user).get(URL)["ETag"]
    user.first_name = "Ada"
    user.save()

    response = client_of(user).get(URL, headers={"If-None-Match": tag})

    assert response.status_code == HTTPStatus.OK
    assert response["ETag"] != tag


def test_a_tag_is_of_one_account(client_of, make_user):
    tag = client_of(make_user()).get(URL)["ETag"]

    response = client_of(make_user()).get(URL, headers={"If-None-Match": tag})

    assert response.status_code == HTTPStatus.OK


class ShoeSection:
    """A section of a host; its serializer is below."""

    name, max_queries = "shoes", 0
    serializer = f"{__name__}.Shoes"

    def read(self, user):
        if user.first_name == "Fail":
            raise ConnectionError
        return {"size": len(user.first_name)}


class Shoes(serializers.Serializer):
    size = serializers.IntegerField()


@pytest.fixture
def shoes():
    account_sections.register(ShoeSection())
    yield
    account_sections.unregister("shoes")


@pytest.mark.usefixtures("shoes")
def test_shows_a_section_to_a_client_that_asks_for_it(client_of, make_user):
    client = client_of(make_user(first_name="Ada"))

    assert client.get(f"{URL}?include=shoes").json()["sections"] == {
        "shoes": {"size": 3}
    }
    assert "sections" not in client.get(URL).json()


@pytest.mark.usefixtures("shoes")
def test_a_section_that_fails_is_null_and_does_not_hide_the_account(
    client_of, make_user, caplog
):
    response = client_of(make_user(first_name="Fail")).get(f"{URL}?include=shoes")

    assert response.status_code == HTTPStatus.OK
    assert response.json()["sections"] == {"shoes": None}
    assert [record.exc_info[0] for record in caplog.records] == [ConnectionError]


@pytest.mark.usefixtures("shoes")
@pytest.mark.parametrize("names", ["hats", "shoes,", "shoes,hats", "%00", "Shoes", "*"])
def test_refuses_an_unknown_section(client_of, user, names):
    response = client_of(user).get(f"{URL}?include={names}")

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] == "unknown_section"


@pytest.mark.usefixtures("shoes")
def test_a_section_that_changes_is_no_reason_to_refuse_a_change(client_of, make_user):
    user = make_user(first_name="Ada")
    tag = client_of(user).get(f"{URL}?include=shoes")["ETag"]

    changed = client_of(user).patch(
        URL, {"last_name": "Byron"}, headers={"If-Match": tag}
    )

    assert tag != client_of(user).get(URL)["ETag"]
    assert changed.status_code == HTTPStatus.OK


def test_a_name_that_no_client_could_ask_for_is_refused_at_once():
    section = ShoeSection()
    section.name = "shoes,hats"

    with pytest.raises(TypeError, match="no name"):
        account_sections.register(section)


def test_only_the_picture_is_a_query(client_of, user, django_assert_num_queries):
    client = client_of(user)

    with django_assert_num_queries(len(PICTURE)):
        client.get(URL)


def test_without_pictures_it_adds_no_query_to_signing_in(
    client_of, user, tuner, django_assert_num_queries
):
    tuner("STARTERKIT_USERS")(AVATAR_SIZES=())
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
