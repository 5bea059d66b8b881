"""W003: models with data about users that no personal data provider covers."""

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.checks import CheckMessage
from django.db.models import Model

from starterkit_core.checks.messages import warning
from starterkit_core.conf import conf
from starterkit_core.ports import personal_data


def check_personal_data(**kwargs: Any) -> list[CheckMessage]:
    """Warn about the models that reference users and that no provider covers."""
    covered = {*personal_data.covered_models(), *conf.NO_PERSONAL_DATA}
    found = sorted(
        model._meta.label
        for model in apps.get_models()
        if model._meta.label not in covered and _references_users(model)
    )
    if not found:
        return []
    text = f"No provider covers what these models hold about users: {', '.join(found)}."
    named = sorted({*conf.NO_PERSONAL_DATA, *found})
    hint = (
        "Register one with starterkit_core.ports.personal_data, or name those without "
        f"personal data: STARTERKIT_CORE = {{'NO_PERSONAL_DATA': {named}}}."
    )
    return [warning("starterkit_core.W003", text, hint)]


def _references_users(model: type[Model]) -> bool:
    if model._meta.proxy or not model._meta.managed:
        return False
    user = get_user_model()
    return model is user or any(
        field.remote_field and field.related_model is user
        for field in model._meta.concrete_fields
    )
