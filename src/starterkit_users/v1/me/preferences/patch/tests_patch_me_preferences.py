"""PATCH v1/me/preferences/: what the caller sees, then what the rules promise."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from starterkit_core.models import AuditEvent
from starterkit_core.ports import personal_data
from starterkit_core.signals import account_updated
from starterkit_users.services.account_fields import has_preferences

from .use_case import UpdatePreferences

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("shop_preferences"),
    pytest.mark.skipif(
        not has_preferences(), reason="The user model has no preferences."
    ),
]


def url():
    return reverse("starterkit_users:me-preferences")


def saved(user):
    return get_user_model()._default_manager.get(pk=user.pk).preferences


def test_changes_only_what_is_sent(client_of, make_user):
    user = make_user(preferences={"shop.mail": False, "gone.key": 1})

    response = client_of(user).patch(url(), {"shop.theme": "dark"})

    assert response.status_code == HTTPStatus.OK
    assert response.json()["shop.theme"] == "dark"
    assert response.json()["shop.mail"] is False
    assert saved(user) == {"shop.mail": False, "gone.key": 1, "shop.theme": "dark"}


def test_null_sets_a_preference_back_to_its_default(client_of, make_user):
    user = make_user(preferences={"shop.mail": False, "shop.theme": "dark"})

    response = client_of(user).patch(url(), {"shop.mail": None})

    assert response.json()["shop.mail"] is True
    assert saved(user) == {"shop.theme": "dark"}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"shop.theme": "purple"}, "invalid_choice"),
        ({"shop.theme": ["dark"]}, "invalid_choice"),
        ({"shop.theme": {"a": [[[[1]]]]}}, "invalid_choice"),
        ({"shop.mail": "perhaps"}, "invalid"),
        ({"shop.mail": {}}, "invalid"),
        ({"shop.note": "x" * 5001}, "max_length"),
        ({"shop.note": "A\x00da"}, "null_characters_not_allowed"),
        ({"shop.hats": 1}, "unknown"),
        ({"shop/theme": "dark"}, "unknown"),
        ({"": 1}, "unknown"),
        ({"shop.credit": 100}, "read_only"),
    ],
)
def test_refuses_what_is_not_declared(client_of, user, sent, code):
    response = client_of(user).patch(url(), sent)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    (error,) = response.json()["errors"]
    assert error["code"] == code
    assert saved(user) == {}


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "{"])
def test_refuses_a_body_that_is_no_object(client_of, user, body):
    response = client_of(user).generic(
        "PATCH", url(), body, content_type="application/json"
    )

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_no_database_is_given_nul_by_a_field_that_takes_everything(client_of, user):
    response = client_of(user).patch(url(), {"shop.anything": {"a": ["\0"]}})

    assert response.status_code == HTTPStatus.BAD_REQUEST


def test_all_together_have_a_maximum_size(client_of, make_user):
    user = make_user(preferences={"gone.key": "x" * 12_000})

    response = client_of(user).patch(url(), {"shop.note": "x" * 5_000})

    assert response.json()["code"] == "preferences_too_large"
    assert "shop.note" not in saved(user)


def test_a_device_does_not_overwrite_what_it_has_not_seen(client_of, user):
    tag = client_of(user).get(url())["ETag"]
    first = client_of(user).patch(url(), {"shop.theme": "dark"})
    headers = {"If-Match": tag}

    refused = client_of(user).patch(url(), {"shop.mail": False}, headers=headers)
    again = client_of(user).patch(url(), {"shop.theme": "dark"}, headers=headers)

    assert refused.json()["code"] == "precondition_failed"
    assert (again.status_code, again["ETag"]) == (HTTPStatus.OK, first["ETag"])
    assert saved(user) == {"shop.theme": "dark"}


def test_announces_and_records_keys_but_no_values(client_of, user, received):
    signals = received(account_updated)

    client_of(user).patch(url(), {"shop.note": "secret"})
    client_of(user).patch(url(), {"shop.note": "secret"})

    assert [it["fields"] for it in signals] == [["preferences"]]
    event = AuditEvent.objects.get()
    assert event.action == "users.preferences_updated"
    assert event.facts == {"keys": ["shop.note"]}


def test_they_are_exported_and_erased(make_user):
    user = make_user(preferences={"shop.note": "secret"})

    exported = personal_data.export(user)["account"]
    personal_data.erase(user)

    assert exported["preferences"] == {"shop.note": "secret"}
    assert saved(user) == {}


def test_an_account_that_was_just_deleted_is_not_signed_in(client_of, user):
    get_user_model()._base_manager.filter(pk=user.pk).delete()

    response = client_of(user).patch(url(), {"shop.mail": False})

    assert response.json()["code"] == "account_deleted"


def test_needs_a_signed_in_user(api):
    assert api.patch(url(), {}).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db(transaction=True)
def test_two_devices_at_once_change_different_ones(at_once, client_of, user):
    changes = [{"shop.theme": "dark"}, {"shop.mail": False}, {"shop.note": "Hi"}]

    answers = at_once(3, lambda n: client_of(user).patch(url(), changes[n]))

    assert {it.status_code for it in answers} == {HTTPStatus.OK}
    assert saved(user) == {"shop.theme": "dark", "shop.mail": False, "shop.note": "Hi"}


class NoNotes(UpdatePreferences):
    """A host project's use case: one step replaced, the rest inherited."""

    def apply_changes(self, account):
        changed = super().apply_changes(account)
        account.preferences.pop("shop.note", None)
        return changed


def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.preferences.patch": f"{__name__}.NoNotes"
    }

    response = client_of(user).patch(url(), {"shop.note": "Hi"})

    assert response.json()["shop.note"] == ""
