"""Models that hold data about users and have no provider."""

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.core.checks import run_checks
from django.db import models

from starterkit_core.checks import personal_data

USER = get_user_model()._meta.label


def findings():
    said = run_checks(tags=["starterkit"], include_deployment_checks=True)
    return [message for message in said if message.id == "starterkit_core.W003"]


class Sample(models.Model):  # no page shows it
    """A model of a host's app that is not installed, so it has no table."""

    class Meta:
        abstract = True
        app_label = "shop"


class Order(Sample):  # noqa: DJ008  # no page shows it
    customer = models.ForeignKey(USER, models.SET_NULL, null=True, related_name="+")
    notes = GenericRelation("shop.Remark")


class Product(Sample):  # noqa: DJ008  # no page shows it
    pass


class Line(Sample):  # noqa: DJ008  # no page shows it
    order = models.ForeignKey(Order, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+")


class Engraving(Sample):  # noqa: DJ008  # no page shows it
    line = models.OneToOneField(Line, models.CASCADE, related_name="+")


class Invoice(Sample):  # noqa: DJ008  # no page shows it
    order = models.ForeignKey(Order, models.PROTECT, related_name="+")


class Remark(Sample):  # noqa: DJ008  # no page shows it
    row_type = models.IntegerField()
    row_id = models.IntegerField()


class Bookmark(Sample):  # noqa: DJ008  # no page shows it
    kind = models.ForeignKey("contenttypes.ContentType", models.CASCADE)
    key = models.IntegerField()
    target = GenericForeignKey("kind", "key")


class Team(Sample):  # noqa: DJ008  # no page shows it
    members = models.ManyToManyField(USER, related_name="+")


class Choices(Sample):  # noqa: DJ008  # no page shows it
    user = models.OneToOneField(USER, models.CASCADE, related_name="+")


class SameChoices(Choices):  # noqa: DJ008  # no page shows it
    class Meta:
        proxy = True
        app_label = "shop"


class Foreign(Sample):  # noqa: DJ008  # no page shows it
    user = models.ForeignKey(USER, models.CASCADE, related_name="+")

    class Meta:
        managed = False
        app_label = "shop"


class Folder(Sample):  # noqa: DJ008  # no page shows it
    owner = models.ForeignKey(USER, models.CASCADE, related_name="+")
    parent = models.ForeignKey("self", models.CASCADE, related_name="+")


SHOP = [it for it in apps.all_models["shop"].values() if not it._meta.auto_created]


@pytest.fixture
def paths(monkeypatch):
    """Return which models of the shop have data about users, and how."""
    known = [*apps.get_models(), *SHOP]
    monkeypatch.setattr(personal_data.apps, "get_models", lambda: known)

    def of(*exempt):
        found = personal_data._paths_to_users({f"shop.{it}" for it in exempt})
        labels = {it._meta.label for it in SHOP}
        return {it.removeprefix("shop."): found[it] for it in found if it in labels}

    return of


def test_finds_what_refers_to_users_and_its_parts(paths):
    assert paths() == {
        "Bookmark": "target: *",
        "Choices": "user",
        "Engraving": "line.order.customer",
        "Folder": "owner",
        "Line": "order.customer",
        "Order": "customer",
        "Remark": "object_id.customer",
        "Team": "members",
    }


def test_what_the_project_names_has_no_parts(paths):
    found = paths("Order", "Bookmark")

    assert found.keys() == {"Choices", "Folder", "Team"}


def test_names_every_model_in_one_warning(settings, monkeypatch):
    settings.STARTERKIT_CORE = {"NO_PERSONAL_DATA": ["sample.Other"]}
    found = {"shop.Order": "customer", "shop.Line": "order.customer"}
    monkeypatch.setattr(personal_data, "_paths_to_users", lambda exempt: found)

    (warned,) = findings()

    assert "shop.Line (order.customer), shop.Order (customer)" in warned.msg
    assert "['sample.Other', 'shop.Line', 'shop.Order']" in warned.hint


def test_is_content_with_models_that_the_project_names(settings):
    labels = [model._meta.label for model in apps.get_models()]
    settings.STARTERKIT_CORE = {"NO_PERSONAL_DATA": labels}

    assert findings() == []


@pytest.mark.skipif(
    not apps.is_installed("starterkit_users"), reason="no module covers the user model"
)
def test_is_content_with_the_modules_as_they_come():
    assert findings() == []
