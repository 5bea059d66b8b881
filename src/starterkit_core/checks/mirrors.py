"""E010: unmanaged models that mirror a table of another app."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage
from django.db.models import Field, Model

from starterkit_core.checks.messages import error


def check_mirrors(**kwargs: Any) -> list[CheckMessage]:
    """Compare each model with ``mirrors = "app.Model"`` to that model.

    Migrations ignore unmanaged models, so Django itself would not notice a difference.
    """
    return [
        message
        for model in apps.get_models()
        if getattr(model, "mirrors", "")
        for message in _compare(model, str(vars(model).get("mirrors", "")))
    ]


def _compare(mirror: type[Model], label: str) -> Iterator[CheckMessage]:
    try:
        original = apps.get_model(label)
    except (LookupError, ValueError):
        yield _drift(mirror, f"mirrors {label}, which is not installed")
        return
    if mirror._meta.managed or mirror._meta.db_table != original._meta.db_table:
        table = original._meta.db_table
        yield _drift(mirror, f"needs managed = False and db_table = {table!r}")
    columns = {field.column: field for field in original._meta.concrete_fields}
    for field in mirror._meta.concrete_fields:
        if problem := _difference(field, columns.get(field.column)):
            yield _drift(mirror, f"{field.name}: {problem} in {label}")


def _difference(mine: "Field[Any, Any]", theirs: "Field[Any, Any] | None") -> str:
    if theirs is None:
        return f"there is no column {mine.column!r}"
    if _kind(mine) != _kind(theirs):
        return f"the column is {_kind(theirs)}, not {_kind(mine)},"
    if mine.null != theirs.null:
        return "NULL is allowed" if theirs.null else "NULL is not allowed"
    return ""


def _kind(field: "Field[Any, Any]") -> str:
    """Return the type of the column; for a foreign key, that of its target."""
    while field.remote_field:
        field = field.target_field  # type: ignore[attr-defined]  # a foreign key
    return field.get_internal_type().replace("Auto", "Integer")


def _drift(mirror: type[Model], problem: str) -> CheckMessage:
    return error(
        "starterkit_core.E010",
        f"{mirror._meta.label}: {problem}.",
        "Declare the field as in the original model, or remove it.",
        obj=mirror,
    )
