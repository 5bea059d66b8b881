"""PATCH v1/me/: what the caller sees, then what the rules promise."""

from http import HTTPStatus

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from rest_framework import serializers

from starterkit_core.models import AuditEvent
from starterkit_core.signals import account_updated
from starterkit_users.use_cases.start_erasure import start_erasure

from .serializers import UpdateAccountRequest
from .use_case import UpdateAccount, UpdateAccountInput

URL = reverse("starterkit_users:me")

pytestmark = pytest.mark.django_db


def stored(user):
    return get_user_model()._default_manager.get(pk=user.pk)


def test_changes_only_the_fields_sent(client_of, make_user):
    user = make_user(first_name="Ada", last_name="Byron")

    response = client_of(user).patch(URL, {"last_name": "Lovelace"})

    assert response.status_code == HTTPStatus.OK
    assert response.json() == client_of(stored(user)).get(URL).json()
    assert (stored(user).first_name, stored(user).last_name) == ("Ada", "Lovelace")


def test_a_name_may_be_emptied(client_of, make_user):
    user = make_user(first_name="Ada")

    response = client_of(user).patch(URL, {"first_name": ""})

    assert response.json()["first_name"] == ""
    assert stored(user).first_name == ""


@pytest.mark.parametrize(
    "sent",
    [
        {"first_name": "x" * 151},
        {"first_name": None},
        {"first_name": 1},
        {"first_name": True},
        {"first_name": ["Ada"]},
        {"first_name": {"en": "Ada"}},
        {"last_name": "A\x00da"},
        {"last_name": "A\u202eda"},
    ],
)
def test_refuses_a_malformed_name(client_of, user, sent):
    response = client_of(user).patch(URL, sent)

    assert response.status_code == HTTPStatus.BAD_REQUEST
    (error,) = response.json()["errors"]
    assert error["pointer"] == f"/{next(iter(sent))}"


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "{", '{"first_name"'])
def test_refuses_a_body_that_is_no_object(client_of, user, body):
    response = client_of(user).generic(
        "PATCH", URL, body, content_type="application/json"
    )

    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.json()["code"] in {"validation_error", "parse_error"}


def test_no_other_field_can_be_changed(client_of, user):
    email = user.get_email_field_name()
    before = {
        field.attname: getattr(user, field.attname) for field in user._meta.fields
    }

    response = client_of(user).patch(
        URL,
        {
            email: "other@example.com",
            "email_key": "other@example.com",
            "id": "1",
            "is_active": False,
            "is_staff": True,
            "is_superuser": True,
            "password": "secret",
            "created_at": "2020-01-01T00:00:00Z",
            "groups": [1],
        },
    )

    assert response.status_code == HTTPStatus.OK
    after = stored(user)
    assert {name: getattr(after, name) for name in before} == before


def test_needs_a_signed_in_user(api):
    response = api.patch(URL, {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED


def test_an_account_that_was_just_deleted_is_not_signed_in(client_of, user):
    get_user_model()._base_manager.filter(pk=user.pk).delete()

    response = client_of(user).patch(URL, {"first_name": "Ada"})

    assert response.status_code == HTTPStatus.UNAUTHORIZED
    assert response.json()["code"] == "account_deleted"
    assert response["WWW-Authenticate"]


def test_an_account_that_was_just_erased_gets_no_name_again(client_of, user):
    client = client_of(user)
    start_erasure(user, by=None, reason="test")

    response = client.patch(URL, {"first_name": "Ada"})

    assert response.json()["code"] == "account_deleted"
    assert get_user_model()._base_manager.get(pk=user.pk).first_name != "Ada"


def test_announces_the_change_after_commit(client_of, user, received):
    signals = received(account_updated)

    client_of(user).patch(URL, {"first_name": "Ada", "last_name": user.last_name})

    assert [(s["user"], s["fields"]) for s in signals] == [(user, ["first_name"])]


def test_an_unchanged_value_sends_no_signal_and_records_no_event(
    client_of, user, received
):
    signals = received(account_updated)

    response = client_of(user).patch(URL, {"first_name": user.first_name})

    assert response.status_code == HTTPStatus.OK
    assert signals == []
    assert not AuditEvent.objects.exists()


def test_audits_the_names_of_the_fields_and_no_value(client_of, user):
    client_of(user).patch(URL, {"first_name": "Ada"}, headers={"User-Agent": "tests/1"})

    event = AuditEvent.objects.get()
    assert event.action == "users.account_updated"
    assert event.actor_id == event.subject_id == str(user.pk)
    assert event.facts == {"fields": ["first_name"]}
    assert event.user_agent == "tests/1"
    assert event.request_id


def test_one_change_is_one_update_and_one_event(user, django_assert_num_queries):
    given = UpdateAccountInput(user=user, changes={"first_name": "Ada"})

    with django_assert_num_queries(5):  # savepoint, SELECT, UPDATE, audit, release
        UpdateAccount.execute(given)


def test_parallel_changes_do_not_undo_each_other(client_of, user):
    stale = stored(user)
    client_of(user).patch(URL, {"first_name": "Ada"})

    client_of(stale).patch(URL, {"last_name": "Lovelace"})

    assert stored(user).first_name == "Ada"


def test_a_change_answers_the_tag_that_a_read_answers(client_of, user):
    before = client_of(user).get(URL)["ETag"]

    response = client_of(user).patch(
        URL, {"first_name": "Ada"}, headers={"If-Match": before}
    )

    assert response.status_code == HTTPStatus.OK
    assert response["ETag"] != before
    assert response["ETag"] == client_of(stored(user)).get(URL)["ETag"]


def test_refuses_to_overwrite_what_the_client_has_not_seen(client_of, user):
    tag = client_of(user).get(URL)["ETag"]
    client_of(user).patch(URL, {"first_name": "Ada"})

    response = client_of(user).patch(
        URL, {"last_name": "Lovelace"}, headers={"If-Match": tag}
    )

    assert response.status_code == HTTPStatus.PRECONDITION_FAILED
    assert response.json()["code"] == "precondition_failed"
    assert stored(user).last_name == user.last_name


def test_a_retry_of_a_conditional_change_succeeds(client_of, user):
    headers = {"If-Match": client_of(user).get(URL)["ETag"]}
    first = client_of(user).patch(URL, {"first_name": "Ada"}, headers=headers)

    again = client_of(user).patch(URL, {"first_name": "Ada"}, headers=headers)

    assert again.status_code == HTTPStatus.OK
    assert again["ETag"] == first["ETag"]


class WithCompany(UpdateAccountRequest):
    company = serializers.CharField()


def test_a_field_of_the_host_is_not_overwritten_unseen(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.patch": {"request": f"{__name__}.WithCompany"}
    }

    response = client_of(user).patch(
        URL, {"company": "Engines"}, headers={"If-Match": '"other"'}
    )

    assert response.status_code == HTTPStatus.PRECONDITION_FAILED


@pytest.mark.django_db(transaction=True)
def test_of_changes_at_once_with_one_tag_one_is_made(at_once, client_of, user):
    tag = client_of(user).get(URL)["ETag"]

    def rename(number):
        change = {"first_name": f"Ada {number}"}
        return client_of(user).patch(URL, change, headers={"If-Match": tag})

    answers = at_once(8, rename)

    made = [it for it in answers if it.status_code == HTTPStatus.OK]
    assert len(made) == 1
    assert {it.status_code for it in answers} == {200, 412}
    assert stored(user).first_name == made[0].json()["first_name"]


class CapitalisedNames(UpdateAccount):
    """A host project's use case: one step replaced, the rest inherited."""

    def save(self, account, fields):
        account.first_name = account.first_name.upper()
        super().save(account, fields)


def test_a_host_can_replace_one_step(client_of, user, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.me.patch": f"{__name__}.CapitalisedNames"
    }

    response = client_of(user).patch(URL, {"first_name": "Ada"})

    assert response.json()["first_name"] == "ADA"
    assert stored(user).first_name == "ADA"


def test_works_with_the_session_of_django(client, user, settings):
    settings.REST_FRAMEWORK = {
        **settings.REST_FRAMEWORK,
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "rest_framework.authentication.SessionAuthentication"
        ],
    }
    client.force_login(user)

    response = client.patch(URL, {"first_name": "Ada"}, "application/json")

    assert response.status_code == HTTPStatus.OK
    assert stored(user).first_name == "Ada"


@pytest.mark.parametrize(
    ("sent", "saved"),
    [
        ("Ada\nByron", "Ada Byron"),
        ("\tAda \u2028\u200b Byron\r\n", "Ada Byron"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001  # a Persian word
    ],
)
def test_a_name_is_one_line_of_visible_characters(client_of, make_user, sent, saved):
    user = make_user(first_name="Ada")

    response = client_of(user).patch(URL, {"first_name": sent})

    assert response.json()["first_name"] == saved
    assert stored(user).first_name == saved
