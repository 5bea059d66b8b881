"""A model that was swapped in wrongly is found before the first request."""

import pytest
from django.db import models
from django.test.utils import isolate_apps

from starterkit_core.checks.swapped_models import check_swapped_models
from starterkit_terms.models import AbstractVersion
from starterkit_terms.use_cases.publish_document import PublishDocument

SETTING = "STARTERKIT_TERMS_VERSION_MODEL"


def findings(settings, label):
    setattr(settings, SETTING, label)
    return [found for found in check_swapped_models() if SETTING in found.msg]


@pytest.mark.parametrize("label", ["nowhere.Version", "Version"])
def test_names_a_model_that_does_not_exist(settings, label):
    (found,) = findings(settings, label)

    assert found.id == "starterkit_core.E011"


def test_names_a_model_that_does_not_build_on_ours(settings):
    (found,) = findings(settings, "auth.Group")

    assert found.id == "starterkit_core.E012"
    assert "AbstractVersion" in found.hint


@isolate_apps("tests.sample")
def test_names_the_rules_that_a_model_lost(settings, monkeypatch):
    class Lost(AbstractVersion):
        class Meta:
            app_label = "sample"

    where = "starterkit_core.checks.swapped_models.apps.get_model"
    monkeypatch.setattr(where, lambda label: Lost)

    (found,) = findings(settings, "sample.Lost")

    assert found.id == "starterkit_core.E013"
    assert "publish_version" in found.msg


@isolate_apps("tests.sample")
def test_is_content_with_a_model_that_inherits_our_rules(settings, monkeypatch):
    class Kept(AbstractVersion):
        class Meta(AbstractVersion.Meta):
            app_label = "sample"

    where = "starterkit_core.checks.swapped_models.apps.get_model"
    monkeypatch.setattr(where, lambda label: Kept)

    assert findings(settings, "sample.Kept") == []


class PublishEdition(PublishDocument):
    def version_fields(self, document):
        return {**super().version_fields(document), "edition": 1}


PUBLISH = "starterkit_terms.use_cases.publish_document"
OVERRIDDEN = {PUBLISH: f"{__name__}.PublishEdition"}
NUMBER = models.IntegerField


@pytest.mark.parametrize(
    ("edition", "overrides", "found"),
    [
        (NUMBER(), {}, True),
        (NUMBER(), {PUBLISH: "no.such.Class"}, False),  # E003 says so
        (NUMBER(), OVERRIDDEN, False),
        (NUMBER(null=True), {}, False),
        (NUMBER(default=1), {}, False),
        (NUMBER(db_default=1), {}, False),
        (models.DateField(auto_now=True), {}, False),
        (models.CharField(max_length=9), {}, False),  # saved as ""
    ],
)
@isolate_apps("tests.sample")
def test_names_a_column_that_no_step_fills(
    settings, monkeypatch, edition, overrides, found
):
    meta = type("Meta", (AbstractVersion.Meta,), {"app_label": "sample"})
    body = {"edition": edition, "Meta": meta, "__module__": __name__}
    numbered = type("Numbered", (AbstractVersion,), body)
    where = "starterkit_core.checks.swapped_models.apps.get_model"
    monkeypatch.setattr(where, lambda label: numbered)
    settings.STARTERKIT_OVERRIDES = overrides
    setattr(settings, SETTING, "sample.Numbered")

    said = [it for it in check_swapped_models() if it.id == "starterkit_core.W015"]

    words = "sample.Numbered needs edition, which"
    assert any(it.msg.startswith(f"{words} {PUBLISH}") for it in said) == found
