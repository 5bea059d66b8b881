"""Any user model will do: what it does not have is left out."""

import pytest
from django.apps import apps
from django.db import models

from starterkit_users.services import account_fields as service
from starterkit_users.v1.me.patch.serializers import UpdateAccountRequest
from starterkit_users.v1.me.serializers import AccountRepresentation


class Bare(models.Model):  # noqa: DJ008
    """A host's user model without names and dates, and an address called otherwise."""

    contact = models.EmailField()

    class Meta:
        app_label = "starterkit_users_tests"
        managed = False

    @classmethod
    def get_email_field_name(cls):
        return "contact"


class Short(Bare):  # noqa: DJ008
    """A model with one short name field."""

    last_name = models.CharField(max_length=10)

    class Meta:
        app_label = "starterkit_users_tests"
        managed = False


class Dated(Bare):  # noqa: DJ008
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


def test_leaves_out_fields_that_the_model_lacks(user_model):
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


def test_knows_the_fields_of_djangos_own_user(user_model):
    user_model(apps.get_registered_model("auth", "User"))

    columns = {name: field.name for name, field in service.account_fields().items()}

    assert columns == {
        "email": "email",
        "first_name": "first_name",
        "last_name": "last_name",
        "created_at": "date_joined",
    }
