"""Any user model will do: what it does not have is left out."""

import pytest
from django.apps import apps
from django.db import models

from starterkit_core.http.fields import TextField
from starterkit_users.services import account_fields as service
from starterkit_users.v1.me.patch.serializers import UpdateAccountRequest
from starterkit_users.v1.me.serializers import AccountRepresentation


class Bare(models.Model):  # noqa: DJ008  # no page shows it
    """A host's user model without names and dates, and an address called otherwise."""

    contact = models.EmailField()

    USERNAME_FIELD = "contact"

    class Meta:
        app_label = "starterkit_users_tests"
        managed = False

    @classmethod
    def get_email_field_name(cls):
        return "contact"


class Short(Bare):  # noqa: DJ008  # no page shows it
    """A model with one short name field."""

    last_name = models.CharField(max_length=10)

    class Meta:
        app_label = "starterkit_users_tests"
        managed = False


class Dated(Bare):  # noqa: DJ008  # no page shows it
    """A model that has a date of its making, but no time."""

    created_at = models.DateField()

    class Meta:
        app_label = "starterkit_users_tests"
        managed = False


@pytest.fixture
def user_model(monkeypatch):
    """Make the project use another model; only its fields are looked at."""

    def use(model):
        monkeypatch.setattr(service, "get_user_model", lambda: model)

    return use


def test_leaves_out_fields_that_the_model_lacks(user_model, tuner):
    tuner("STARTERKIT_USERS")(AVATAR_SIZES=())  # a picture needs no column
    user_model(Bare)

    shown = AccountRepresentation().to_representation(Bare(pk=1, contact="a@b.example"))

    assert shown == {"id": "1", "email": "a@b.example"}
    assert UpdateAccountRequest().fields == {}


def test_leaves_out_a_date_that_is_no_moment(user_model):
    user_model(Dated)

    assert service.account_fields().keys() == {"email"}


def test_a_name_is_as_long_as_its_column(user_model):
    user_model(Short)

    fields = UpdateAccountRequest(partial=True).fields

    assert fields.keys() == {"last_name"}
    assert fields["last_name"].max_length == 10
    assert not fields["last_name"].allow_blank


class Named(Bare):  # noqa: DJ008  # no page shows it
    """A model whose name is as long as ours, but never empty."""

    first_name = models.CharField(max_length=150)

    class Meta:
        app_label = "starterkit_users_tests"
        managed = False


class OwnRequest(UpdateAccountRequest):
    """A host's request, with a rule of its own for one name."""

    first_name = TextField(max_length=9, required=False)


def test_a_name_may_be_empty_only_if_its_column_may(user_model):
    user_model(Named)

    fields = UpdateAccountRequest(partial=True).fields

    assert not fields["first_name"].allow_blank


def test_a_field_that_the_project_declares_stays(user_model):
    user_model(Named)

    assert OwnRequest(partial=True).fields["first_name"].max_length == 9


def test_a_field_that_the_model_lacks_is_refused_and_any_other_ignored(user_model):
    user_model(Short)
    sent = {"first_name": "Ada", "last_name": "L", "nickname": "A"}

    request = UpdateAccountRequest(data=sent, partial=True)

    assert not request.is_valid()
    assert [*request.errors] == ["first_name"]
    assert request.errors["first_name"][0].code == "unknown"


def test_knows_the_fields_of_djangos_own_user(user_model):
    user_model(apps.get_registered_model("auth", "User"))

    columns = {name: field.name for name, field in service.account_fields().items()}

    assert columns == {
        "email": "email",
        "first_name": "first_name",
        "last_name": "last_name",
        "created_at": "date_joined",
    }
