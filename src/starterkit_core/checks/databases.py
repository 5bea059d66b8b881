"""E017: our tables and the user model are written to one database."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage
from django.db import router
from django.db.models import Model

from starterkit_core.checks.messages import error
from starterkit_core.db.databases import accounts_database
from starterkit_core.modules import OURS, modules


def check_databases(**kwargs: Any) -> list[CheckMessage]:
    """Ask the routers of the project; neither a key nor a transaction spans two."""
    expected, user = accounts_database(), get_user_model()
    elsewhere = {
        f"{model._meta.label} to {database!r}"
        for model in _tables()
        if (database := router.db_for_write(model)) != expected
    }
    if not elsewhere:
        return []
    listed = ", ".join(sorted(elsewhere))
    text = f"{user._meta.label} is written to {expected!r}, but {listed}."
    hint = (
        f"Let db_for_write() of your DATABASE_ROUTERS return {expected!r} for these, "
        "or move the user model: they reference it and share its transactions."
    )
    return [error("starterkit_core.E017", text, hint)]


def _tables() -> Iterator[type[Model]]:
    """Yield each model of ours, or what the project swapped in for it."""
    for module in modules():
        if module.name.startswith(OURS):
            for model in module.get_models(include_swapped=True):
                if active := _active(model):
                    yield active


def _active(model: type[Model]) -> type[Model] | None:
    """Return the model in force; None if it is not installed, which E011 reports."""
    if not model._meta.swapped:
        return model
    try:
        return apps.get_model(model._meta.swapped)
    except (LookupError, ValueError):
        return None
