"""W003: models with data about users that no personal data provider covers.

A model has data about users if it refers to them itself: by a foreign key, a one-to-one
or a many-to-many relation, or by a generic foreign key, which may refer to any row. So
do its own parts, and theirs: models that refer to it by a foreign key that cascades,
such as the lines of an order, or by a generic relation. A key that does not cascade
ends there: a product that an order protects is no part of the order. A model that the
project names in ``NO_PERSONAL_DATA`` has no parts, either.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage
from django.db.models import CASCADE, Model

from starterkit_core.checks.messages import warning
from starterkit_core.conf import conf
from starterkit_core.ports import personal_data

AnyModel = type[Model]


def check_personal_data(**kwargs: Any) -> list[CheckMessage]:
    """Warn about the models that have data about users and that no provider covers."""
    covered = personal_data.covered_models()
    paths = _paths_to_users(exempt={*conf.NO_PERSONAL_DATA})
    found = {label: paths[label] for label in sorted(paths) if label not in covered}
    if not found:
        return []
    shown = ", ".join(f"{label} ({path})" for label, path in found.items())
    text = f"No provider covers what these models hold about users: {shown}."
    named = sorted({*conf.NO_PERSONAL_DATA, *found})
    hint = (
        "Register one with starterkit_core.ports.personal_data, or name those without "
        f"personal data: STARTERKIT_CORE = {{'NO_PERSONAL_DATA': {named}}}."
    )
    return [warning("starterkit_core.W003", text, hint)]


def _paths_to_users(exempt: set[str]) -> dict[str, str]:
    """Return each model with data about users, and how it refers to them.

    A path is the names of fields, such as ``order.customer``; ``*`` is any row.
    """
    models = [it for it in apps.get_models() if _has_own_table(it)]
    paths = {it: path for it in models if (path := _own_path(it)) is not None}
    paths = {it: paths[it] for it in paths if it._meta.label not in exempt}
    waiting = deque(paths)
    while waiting:
        whole = waiting.popleft()
        for part, field in _parts_of(whole, models):
            if part not in paths and part._meta.label not in exempt:
                paths[part] = ".".join(filter(None, (field, paths[whole])))
                waiting.append(part)
    return {model._meta.label: path or "users" for model, path in paths.items()}


def _has_own_table(model: AnyModel) -> bool:
    return model._meta.managed and not model._meta.proxy


def _own_path(model: AnyModel) -> str | None:
    """Return the field by which a model refers to users; None if it does not."""
    user: Any = get_user_model()._meta.concrete_model
    if model in {user, *user._meta.get_parent_list()}:
        return ""
    relations = (*model._meta.concrete_fields, *model._meta.local_many_to_many)
    for field in relations:
        if _concrete(field.related_model) is user:
            return str(field.name)
    generic = (it for it in model._meta.private_fields if _is_generic_key(it))
    return next((f"{field.name}: *" for field in generic), None)


def _parts_of(
    whole: AnyModel, models: list[AnyModel]
) -> Iterator[tuple[AnyModel, str]]:
    """Yield each model whose rows are parts of those of ``whole``, and its field."""
    for part in models:
        for field in part._meta.concrete_fields:
            if _concrete(field.related_model) is whole and _cascades(field):
                yield part, field.name
    for field in whole._meta.private_fields:
        part = _concrete(getattr(field, "related_model", None))
        if part in models:
            yield part, str(getattr(field, "object_id_field_name", field.name))


def _cascades(field: Any) -> bool:
    return field.remote_field.on_delete is CASCADE


def _is_generic_key(field: Any) -> bool:
    """Return whether it is a ``GenericForeignKey``, whose app need not be installed."""
    return hasattr(field, "ct_field") and hasattr(field, "fk_field")


def _concrete(model: Any) -> Any:
    return getattr(getattr(model, "_meta", None), "concrete_model", None)
