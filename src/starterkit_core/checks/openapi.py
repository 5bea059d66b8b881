"""W018: the class that documents a host's own views."""

from typing import Any

from django.core.checks import CheckMessage
from rest_framework.settings import api_settings

from starterkit_core.checks.messages import warning

READS = "drf_spectacular.openapi"
"""The module of the class that drf-spectacular can read; it takes long to import."""


def check_schema_class(**kwargs: Any) -> list[CheckMessage]:
    """Find a project whose own views end the OpenAPI document in an error.

    Endpoints of ours bring their own class; every other view has the default.
    """
    given = api_settings.user_settings.get("DEFAULT_SCHEMA_CLASS")
    if given == f"{READS}.AutoSchema" or _is_readable():
        return []
    text = (
        "drf-spectacular cannot document your own views with the class in "
        "REST_FRAMEWORK['DEFAULT_SCHEMA_CLASS'], so the OpenAPI document is an error."
    )
    hint = f"Set it to '{READS}.AutoSchema'."
    return [warning("starterkit_core.W018", text, hint)]


def _is_readable() -> bool:
    default: Any = api_settings.DEFAULT_SCHEMA_CLASS
    return any(base.__module__ == READS for base in default.__mro__)
