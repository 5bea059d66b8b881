"""Fixtures of this module's own tests."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from model_bakery import baker

from starterkit_users.models import AbstractUser


@pytest.fixture
def host_fields() -> Callable[[], dict[str, Any]]:
    """Values for the required fields that only a host's user model has."""

    def values() -> dict[str, Any]:
        model = get_user_model()
        ours = {field.name for field in AbstractUser._meta.get_fields()}
        theirs = {field.name for field in model._meta.concrete_fields} - ours
        sample = baker.prepare(model)
        return {name: getattr(sample, name) for name in theirs}

    return values
