"""A model that was swapped in wrongly is found before the first request."""

import pytest
from django.contrib.auth import get_user_model
from django.test.utils import isolate_apps

from starterkit_core.checks.swapped_models import check_swapped_models
from starterkit_terms.models import AbstractVersion
from starterkit_users.models import AbstractUser, User

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


@pytest.mark.skipif(not User._meta.swapped, reason="the user model is ours")
def test_names_the_rules_that_a_user_model_on_ours_lost(monkeypatch):
    model = get_user_model()
    monkeypatch.setattr(model._meta, "constraints", [])

    found = [it for it in check_swapped_models() if "AUTH_USER_MODEL" in it.msg]

    if not issubclass(model, AbstractUser):
        assert found == []
        return
    assert [message.id for message in found] == ["starterkit_core.E013"]
    assert "email_key" in found[0].msg
