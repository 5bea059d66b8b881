"""Tables that were left behind by a late swap, or by a module that was taken out."""

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from starterkit_core.checks.former_tables import check_former_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def swap(settings, monkeypatch):
    """Swap the thing of the sample to another model, as a setting does."""
    meta = apps.get_model("sample.Thing")._meta
    monkeypatch.setattr(meta, "swappable", "SAMPLE_THING_MODEL")

    def to(label):
        settings.SAMPLE_THING_MODEL = label
        _forget_answers(meta)

    yield to
    to("sample.Thing")


def _forget_answers(meta):
    """Let Django look at the setting again, which it does once for a model."""
    vars(meta).pop("swapped", None)
    apps.clear_cache()


def found(*databases):
    messages = run_checks(databases=databases or None)
    ours = ("starterkit_core.W025", "starterkit_core.W026")
    return [message for message in messages if message.id in ours]


def test_names_the_table_that_a_late_swap_left(swap):
    swap("auth.Group")

    [message] = found("default")

    assert message.id == "starterkit_core.W025"
    assert "sample_thing is still there" in message.msg
    assert "migrate sample zero" in message.hint


def test_is_content_with_a_swap_from_the_start(swap, monkeypatch):
    monkeypatch.setattr(
        type(connection.introspection),
        "table_names",
        lambda self, cursor=None: ["auth_group"],
    )
    swap("auth.Group")

    assert found("default") == []


def test_is_content_with_a_model_that_keeps_the_table(swap, monkeypatch):
    group = apps.get_model("auth.Group")
    monkeypatch.setattr(group._meta, "db_table", "sample_thing")
    swap("auth.Group")

    assert found("default") == []


def test_names_a_module_that_was_taken_out_with_its_tables_left():
    MigrationRecorder(connection).record_applied("starterkit_gone", "0001_initial")

    [message] = found("default")

    assert message.id == "starterkit_core.W026"
    assert "starterkit_gone is not installed" in message.msg
    assert "migrate starterkit_gone zero" in message.hint


def test_asks_no_database_unless_it_is_named(django_assert_num_queries):
    MigrationRecorder(connection).record_applied("starterkit_gone", "0001_initial")

    # Checks of Django 6.1 ask the database, too, so ours is asked alone.
    with django_assert_num_queries(0):
        assert check_former_tables() == []
    assert found() == []
