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
    """Warn about each model that references users and that no provider covers."""
    covered = {*personal_data.covered_models(), *conf.NO_PERSONAL_DATA}
    return [
        warning(
            "starterkit_core.W003",
            f"{model._meta.label} references users, but no provider covers its data.",
            "Register one with starterkit_core.ports.personal_data, or name the model "
            "in STARTERKIT_CORE['NO_PERSONAL_DATA'].",
            obj=model,
        )
        for model in apps.get_models()
        if model._meta.label not in covered and _references_users(model)
    ]


def _references_users(model: type[Model]) -> bool:
    if model._meta.proxy or not model._meta.managed:
        return False
    user = get_user_model()
    return model is user or any(
        field.remote_field and field.related_model is user
        for field in model._meta.concrete_fields
    )
