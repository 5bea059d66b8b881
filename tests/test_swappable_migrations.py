"""What the migrations must say so that a host may swap any swappable model.

None of this needs a database, and none of it depends on which model is swapped now or
on the alphabet, which hides a missing dependency until somebody's app sorts last.
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration, SwappableTuple

from starterkit_core.modules import modules

CREATE, ADD = migrations.CreateModel, migrations.AddField
LINKS = (models.ForeignKey, models.ManyToManyField)

DISK = MigrationLoader(None).disk_migrations
OURS = [config.label for config in modules() if config.name.startswith("starterkit_")]
MIGRATIONS = [key for key in sorted(DISK) if key[0] in OURS]
SWAPPABLE = [
    model
    for label in OURS
    for model in apps.get_app_config(label).get_models(include_swapped=True)
    if model._meta.swappable
]

FIRST_RELEASE = {("starterkit_terms", "0002_relations")}
"""What came with the first release: no host had rows yet, nor migrations of its own."""

each_migration = pytest.mark.parametrize("key", MIGRATIONS, ids=".".join)
each_swappable = pytest.mark.parametrize("model", SWAPPABLE, ids=lambda m: m.__name__)


def fields_in(operation) -> list[models.Field]:
    if isinstance(operation, CREATE):
        return [field for _name, field in operation.fields]
    return [operation.field] if hasattr(operation, "field") else []


def settings_pointed_at(migration: Migration) -> Iterator[str]:
    """Yield the setting of each swappable model that a field points at."""
    for operation in migration.operations:
        for field in fields_in(operation):
            if isinstance(field, LINKS):
                target = field.deconstruct()[3]["to"]
                if hasattr(target, "setting_name"):
                    yield target.setting_name


def targets_of(model: type[models.Model]) -> list[type[models.Model]]:
    fields = [*model._meta.concrete_fields, *model._meta.local_many_to_many]
    return [field.related_model for field in fields if isinstance(field, LINKS)]


def setting_of(model: type[models.Model]) -> str:
    """Return the setting that chose ``model``, or ``""`` for a plain one."""
    chosen = {(m._meta.swapped or m._meta.label): m._meta.swappable for m in SWAPPABLE}
    return chosen.get(model._meta.label, "")


@each_migration
def test_a_migration_that_points_at_a_swappable_model_depends_on_it(key, settings):
    migration = DISK[key]
    needed = {getattr(settings, name) for name in settings_pointed_at(migration)}

    declared = {
        dependency.setting
        for dependency in migration.dependencies
        if isinstance(dependency, SwappableTuple)
    }

    assert needed <= declared, "write migrations.swappable_dependency(...) by hand"


@each_migration
def test_a_link_to_a_swappable_model_names_its_setting(key):
    # Read as text: loaded, the default of the setting looks the same.
    source = Path(inspect.getfile(type(DISK[key]))).read_text("utf-8")
    swappable = {model._meta.label_lower for model in SWAPPABLE}

    assert swappable.isdisjoint(re.findall(r"to=['\"]([\w.]+)", source.lower()))


@each_swappable
def test_a_swappable_model_points_at_no_plain_model_of_its_own_app(model):
    for target in targets_of(model):
        own_app = target._meta.app_label == model._meta.app_label
        assert not own_app or setting_of(target), f"{target} makes a cycle when swapped"


@each_swappable
def test_no_two_swappable_models_point_at_each_other(model):
    for target in targets_of(model):
        if target is not model:
            mine = model._meta.swappable
            assert mine not in {setting_of(back) for back in targets_of(target)}


@each_swappable
def test_a_swappable_model_is_born_swappable_in_the_first_migration(model):
    label = model._meta.app_label
    first = DISK[min(key for key in MIGRATIONS if key[0] == label)]

    born = {
        operation.name: operation.options.get("swappable")
        for operation in first.operations
        if isinstance(operation, CREATE)
    }

    assert first.name.startswith("0001_")
    assert born.get(model.__name__) == model._meta.swappable


@pytest.mark.parametrize("key", sorted({*MIGRATIONS} - FIRST_RELEASE), ids=".".join)
def test_a_later_column_of_a_swappable_model_needs_no_answer_from_hosts(key):
    swappable = {m._meta.model_name for m in SWAPPABLE if m._meta.app_label == key[0]}

    for operation in DISK[key].operations:
        if isinstance(operation, ADD) and operation.model_name_lower in swappable:
            field = operation.field
            assert field.null or field.many_to_many or field.has_db_default(), field


@each_swappable
def test_an_abstract_model_is_named_so_that_every_host_can_inherit_it(model):
    abstract = model.__mro__[1]

    assert abstract._meta.abstract
    assert abstract.__name__ == f"Abstract{model.__name__}"
    for constraint in abstract._meta.constraints:
        assert constraint.name.startswith("%(app_label)s_%(class)s_")
    for index in abstract._meta.indexes:
        assert not index.name, f"{index.name}: hosts may have longer labels"


@pytest.mark.parametrize("label", OURS)
def test_a_hosts_default_auto_field_leaves_our_models_alone(label):
    config = apps.get_app_config(label)

    assert config._is_default_auto_field_overridden
    assert config.default_auto_field == "django.db.models.BigAutoField"


@each_swappable
def test_our_admin_leaves_a_swapped_model_to_the_host(model):
    assert not (model._meta.swapped and admin.site.is_registered(model))


def test_the_swappable_models_are_these():
    assert {model._meta.label for model in SWAPPABLE} == {
        "starterkit_auth.Session",
        "starterkit_terms.Acceptance",
        "starterkit_terms.Document",
        "starterkit_terms.Version",
        "starterkit_users.Invitation",
        "starterkit_users.Avatar",
        "starterkit_users.User",
    }
