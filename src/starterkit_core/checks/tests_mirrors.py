"""An unmanaged mirror that differs from its table is found at start-up."""

import pytest
from django.core.checks import registry as checks
from django.db import models
from django.test.utils import isolate_apps

from starterkit_core.checks.mirrors import check_mirrors
from starterkit_core.models import AuditEvent


def mirror_with(monkeypatch, table="starterkit_core_auditevent", label=None, **fields):
    """Declare a mirror of the audit table in an app registry of its own."""
    meta = type(
        "Meta", (), {"managed": False, "db_table": table, "app_label": "sample"}
    )
    attributes = {
        "mirrors": label or "starterkit_core.AuditEvent",
        "id": models.UUIDField(primary_key=True),
        "Meta": meta,
        "__module__": __name__,
        **fields,
    }
    model = type("Mirror", (models.Model,), attributes)
    monkeypatch.setattr(
        "starterkit_core.checks.mirrors.apps.get_models", lambda: [AuditEvent, model]
    )
    return [message.msg for message in check_mirrors()]


@isolate_apps("tests.sample")
def test_is_content_with_a_true_mirror(monkeypatch):
    found = mirror_with(monkeypatch, action=models.CharField(max_length=64))

    assert found == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"action": models.IntegerField()}, "the column is CharField"),
        ({"action": models.CharField(max_length=9, null=True)}, "NULL is not allowed"),
        ({"colour": models.CharField(max_length=9)}, "there is no column 'colour'"),
        ({"table": "elsewhere"}, "db_table = 'starterkit_core_auditevent'"),
        ({"label": "nowhere.Model"}, "which is not installed"),
    ],
)
@isolate_apps("tests.sample")
def test_names_the_difference_from_the_original(monkeypatch, changes, problem):
    found = mirror_with(monkeypatch, **changes)

    assert problem in found[0]


def test_runs_with_the_system_checks():
    assert check_mirrors in checks.registry.registered_checks
