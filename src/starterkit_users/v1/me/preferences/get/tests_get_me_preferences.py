"""GET v1/me/preferences/: what the caller sees, then what the rules promise."""

from http import HTTPStatus

import pytest
from django.urls import NoReverseMatch, reverse
from rest_framework import serializers

from starterkit_core.ports import preferences
from starterkit_users.services.account_fields import has_preferences

from .use_case import ReadPreferences

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("shop_preferences"),
]

needs_column = pytest.mark.skipif(
    not has_preferences(), reason="The user model has no preferences."
)


def url():
    return reverse("starterkit_users:me-preferences")


@needs_column
def test_what_the_user_has_not_set_has_its_default(client_of, make_user):
    user = make_user(preferences={"shop.theme": "dark"})

    response = client_of(user).get(url())

    assert response.status_code == HTTPStatus.OK
    body = response.json()
    assert {key: body[key] for key in body if key.startswith("shop.")} == {
        "shop.anything": None,
        "shop.credit": 0,
        "shop.mail": True,
        "shop.note": "",
        "shop.theme": "dark",
    }


@needs_column
@pytest.mark.parametrize(
    "saved",
    [
        {"shop.theme": "purple"},
        {"shop.theme": None},
        {"shop.theme": ["dark"]},
        {"gone.key": 1},
        [],
        None,
        "text",
    ],
)
def test_what_no_longer_fits_has_its_default(client_of, make_user, saved):
    user = make_user()
    user.preferences = saved

    body = client_of(user).get(url()).json()

    assert body["shop.theme"] == "light"
    assert "gone.key" not in body


@needs_column
def test_takes_no_query_and_has_a_tag(client_of, user, django_assert_num_queries):
    client = client_of(user)

    with django_assert_num_queries(0):
        tag = client.get(url())["ETag"]

    assert client.get(url(), headers={"If-None-Match": tag}).status_code == 304


@needs_column
def test_needs_a_signed_in_user(api):
    assert api.get(url()).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.skipif(has_preferences(), reason="The user model has preferences.")
def test_a_user_model_without_the_column_has_no_such_url():
    with pytest.raises(NoReverseMatch):
        url()


def test_any_code_reads_a_value_of_any_user_model(user):
    assert preferences.value_of(user, "shop.mail") is True
    with pytest.raises(KeyError):
        preferences.value_of(user, "shop.hats")


@pytest.mark.parametrize("key", ["theme", "Shop.theme", "shop.", "shop/theme", ""])
def test_a_key_needs_a_namespace(key):
    wrong = preferences.Preference(key=key, field=serializers.CharField, default="")

    with pytest.raises(TypeError, match="no key"):
        preferences.register(wrong)


class WithoutMail(ReadPreferences):
    """A host project's use case: one step replaced, the rest inherited."""

    def get_account(self):
        account = super().get_account()
        account.preferences = {"shop.mail": False}
        return account


@needs_column
def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.preferences.get": f"{__name__}.WithoutMail"
    }

    assert client_of(user).get(url()).json()["shop.mail"] is False
