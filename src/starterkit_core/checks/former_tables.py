"""W025 and W026: tables that no model uses any more, but that point at accounts."""

from collections.abc import Collection, Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model

from starterkit_core.checks.messages import warning
from starterkit_core.conf import swapped_in
from starterkit_core.modules import OURS, swapped_models


def check_former_tables(
    databases: Collection[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Look into the databases; with ``--database`` and by ``migrate`` only."""
    return [
        message
        for alias in databases or ()
        for message in (*_former_tables(alias), *_former_modules(alias))
    ]


def _former_tables(alias: str) -> Iterator[CheckMessage]:
    """Yield W025 for each model of ours that was swapped after the first migrate."""
    swapped = [model for model in swapped_models() if not _is_used(model)]
    if not swapped:
        return
    tables = set(connections[alias].introspection.table_names())
    for model in swapped:
        table, setting = model._meta.db_table, str(model._meta.swappable)
        if table in tables:
            text = f"{setting} is {swapped_in(setting)!r}, but {table} is still there."
            label = model._meta.app_label
            hint = f"Leave the setting out, run migrate {label} zero, and set it again."
            yield warning("starterkit_core.W025", text, hint)


def _former_modules(alias: str) -> Iterator[CheckMessage]:
    """Yield W026 for each module of ours that was taken out with its tables left."""
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    for label in sorted({label for label, _name in applied}):
        if label.startswith(OURS) and label not in apps.app_configs:
            text = f"{label} is not installed, but its tables are still there."
            hint = f"Install it again, run migrate {label} zero, and take it out."
            yield warning("starterkit_core.W026", text, hint)


def _is_used(swapped: type[Model]) -> bool:
    """Return whether the host's model has kept the table of ours."""
    managed = (model for model in apps.get_models() if model._meta.managed)
    tables = (model._meta.db_table for model in managed)
    return swapped._meta.db_table in tables
