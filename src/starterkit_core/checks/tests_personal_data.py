"""Models that hold data about users and have no provider."""

from django.apps import apps
from django.core.checks import run_checks

from starterkit_core.checks import personal_data


def findings():
    said = run_checks(tags=["starterkit"], include_deployment_checks=True)
    return [message for message in said if message.id == "starterkit_core.W003"]


def test_names_every_model_in_one_warning(settings, monkeypatch):
    settings.STARTERKIT_CORE = {"NO_PERSONAL_DATA": ["sample.Other"]}
    log, other = apps.get_model("admin.LogEntry"), apps.get_model("auth.Group")
    monkeypatch.setattr(personal_data, "_references_users", {log, other}.__contains__)

    (found,) = findings()

    assert "admin.LogEntry, auth.Group" in found.msg
    assert "['admin.LogEntry', 'auth.Group', 'sample.Other']" in found.hint


def test_is_content_with_models_that_the_project_names(settings):
    labels = [model._meta.label for model in apps.get_models()]
    settings.STARTERKIT_CORE = {"NO_PERSONAL_DATA": labels}

    assert findings() == []
