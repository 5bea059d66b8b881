"""Administrators make accounts, with a password or without."""

from http import HTTPStatus

import pytest
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from rest_framework import serializers

from starterkit_core import signals
from starterkit_core.db.databases import rows_of
from starterkit_core.models import AuditEvent
from starterkit_core.testing.plugin import PASSWORD
from starterkit_users.services import user_rows
from starterkit_users.use_cases.create_user import CreateUser
from starterkit_users.v1.users.post.serializers import AddUserRequest

URL = reverse("starterkit_users:users")
EMAIL = "grace@example.com"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("with_addresses"),
]

COLUMNS = {field.name for field in get_user_model()._meta.fields}


@pytest.fixture
def chief(make_user):
    """An administrator who may add users; neither staff nor more."""
    user, options = make_user(), get_user_model()._meta
    user.user_permissions.add(
        *rows_of(Permission).filter(
            content_type__app_label=options.app_label,
            codename=f"add_{options.model_name}",
        )
    )
    return user


@pytest.fixture
def add(client_of, chief):
    """Return a function that makes an account, and returns the answer."""

    def post(**fields):
        return client_of(chief).post(URL, {"email": EMAIL, **fields})

    return post


def saved():
    field = get_user_model().get_email_field_name()
    return user_rows.all_users().get(**{field: EMAIL})


def refused(response):
    return response.status_code, response.json()["code"]


def test_makes_an_active_account_without_rights(add):
    response = add(is_staff=True, is_superuser=True, groups=[1], status="erased")

    user, shown = saved(), response.json()
    assert response.status_code == HTTPStatus.CREATED
    assert (shown["id"], shown["email"]) == (str(user.pk), EMAIL)
    assert {user.is_staff, user.is_superuser, user.groups.exists()} == {False}
    assert user.is_active


@pytest.mark.skipif("first_name" not in COLUMNS, reason="this model has no names")
def test_saves_the_names(add):
    add(first_name=" Grace ", last_name="Hopper")

    assert (saved().first_name, saved().last_name) == ("Grace", "Hopper")


def test_the_password_signs_in(add):
    add(password=PASSWORD)

    assert authenticate(username=saved().get_username(), password=PASSWORD) == saved()


@pytest.mark.parametrize("password", ["", None])
def test_an_empty_password_is_none_that_signs_in(add, password):
    response = add(password=password)

    assert refused(response) == (HTTPStatus.BAD_REQUEST, "validation_error")


def test_without_a_password_none_will_do(add):
    add()

    assert not saved().has_usable_password()


def test_refuses_a_weak_password(add, settings):
    validator = "django.contrib.auth.password_validation.MinimumLengthValidator"
    settings.AUTH_PASSWORD_VALIDATORS = [{"NAME": validator}]

    response = add(password="short")

    assert refused(response) == (HTTPStatus.BAD_REQUEST, "weak_password")
    assert response.json()["reasons"][0]["code"] == "password_too_short"


@pytest.mark.parametrize("spelling", [EMAIL, "Grace@EXAMPLE.com"])
def test_refuses_a_taken_address(add, spelling):
    add()

    response = add(email=spelling)

    assert refused(response) == (HTTPStatus.CONFLICT, "user_exists")
    assert response.json()["fields"] == ["email"]


@pytest.mark.skipif("username" not in COLUMNS, reason="this model has no user name")
def test_refuses_a_taken_user_name(add):
    add(username="grace")

    response = add(email="other@example.com", username="grace")

    assert refused(response) == (HTTPStatus.CONFLICT, "user_exists")
    assert response.json()["fields"] == ["username"]


@pytest.mark.parametrize(
    "fields",
    [
        {"email": None},
        {"email": "grace"},
        {"email": "gra\x00ce@example.com"},
        {"email": {"a": 1}},
        {"first_name": "x" * 151},
        {"first_name": 7},
        {"password": "x" * 257},
        {"password": 7},
    ],
)
def test_refuses_what_an_account_cannot_have(add, fields):
    response = add(**fields)

    assert refused(response) == (HTTPStatus.BAD_REQUEST, "validation_error")
    assert response.json()["errors"][0]["pointer"] == f"/{next(iter(fields))}"


def test_is_recorded_and_announced(add, chief, received):
    facts = received(signals.account_created)

    add(password=PASSWORD)

    event = AuditEvent.objects.get(action="users.created")
    assert (event.actor_id, event.subject_id) == (str(chief.pk), str(saved().pk))
    assert event.facts == {}
    assert facts[0]["user"] == saved()


def test_needs_the_permission(client_of, administrator):
    response = client_of(administrator).post(URL, {"email": EMAIL})

    assert refused(response) == (HTTPStatus.FORBIDDEN, "permission_denied")


def test_needs_a_signed_in_user(api):
    assert api.post(URL, {"email": EMAIL}).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.django_db(transaction=True)
def test_of_accounts_with_one_address_at_once_one_is_made(at_once, add):
    if "email_key" not in {field.name for field in get_user_model()._meta.fields}:
        pytest.skip("this user model does not keep addresses unique")

    answers = at_once(4, lambda _: add().status_code)

    assert sorted(answers) == [201, 409, 409, 409]


def test_with_a_rule_for_addresses_another_tag_is_taken(add, tuner):
    if "email_key" not in {field.name for field in get_user_model()._meta.fields}:
        pytest.skip("this user model does not keep addresses unique")
    tuner("STARTERKIT_CORE")(EMAIL_RULE="starterkit_core.addresses.without_tags")
    add(email="Grace+work@example.com")

    answer = add(email="grace+home@example.com")

    assert refused(answer) == (HTTPStatus.CONFLICT, "user_exists")
    assert answer.json()["fields"] == ["email"]


class WithNumber(AddUserRequest):
    """A host project's request: a column of its own user model."""

    member_number = serializers.IntegerField()
    is_staff = serializers.BooleanField(required=False)


@pytest.mark.skipif("member_number" not in COLUMNS, reason="only the swapped model")
def test_what_a_host_adds_is_saved_in_its_column(add, settings):
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.v1.users.post": {"request": f"{__name__}.WithNumber"}
    }

    missing, good = add(), add(member_number=7, is_staff=True)

    assert missing.json()["errors"][0]["pointer"] == "/member_number"
    assert good.status_code == HTTPStatus.CREATED
    assert saved().member_number == 7
    assert not saved().is_staff


@pytest.mark.skipif("member_number" not in COLUMNS, reason="only the swapped model")
def test_a_required_column_without_a_value_is_no_server_error(add, settings):
    settings.STARTERKIT_OVERRIDES = {}

    response = add()

    assert refused(response) == (HTTPStatus.BAD_REQUEST, "validation_error")
    assert response.json()["errors"][0]["pointer"] == "/member_number"


@pytest.mark.skipif("last_name" not in COLUMNS, reason="this model has no names")
def test_a_host_can_replace_one_step(add, settings):
    active = CreateUser.active()  # of a project with columns of its own

    class Family(active):
        def user_fields(self):
            return {**super().user_fields(), "last_name": "Hopper"}

    globals()["Family"] = Family
    settings.STARTERKIT_OVERRIDES = {
        "starterkit_users.use_cases.create_user": f"{__name__}.Family"
    }

    add()

    assert saved().last_name == "Hopper"
