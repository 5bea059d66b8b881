"""E016: serializers that are shared by all requests but read one request's data."""

from collections.abc import Iterator
from inspect import isfunction
from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import error
from starterkit_core.conf import overrides
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.shared_serializers import is_per_request
from starterkit_core.modules import load_all_use_cases

OF_ONE_REQUEST = ("initial_data", "instance")
"""Attributes that a serializer instance has for one request only."""


def check_shared_serializers(**kwargs: Any) -> list[CheckMessage]:
    """Find replaced serializers that read what a shared instance does not have."""
    if not overrides():
        return []
    load_all_use_cases()
    return [
        message
        for key in overrides()
        if (view := EndpointView.known.get(key))
        for active, default in _replaced(view)
        for message in _check(active, default)
    ]


def _replaced(view: type[EndpointView]) -> Iterator[tuple[type, type]]:
    """Yield each serializer class of the host, and ours that it replaces."""
    try:
        yield from (
            (active, default)
            for active, default in (
                (view.active_request(), view.request_class),
                (view.active_response(), view.response_class),
            )
            if active and default and active is not default
        )
    except (ImportError, AttributeError):  # E003 says so
        return


def _check(active: Any, default: type) -> Iterator[CheckMessage]:
    if is_per_request(active):
        return
    for where, name in _reads(active, default):
        text = f"{where} reads {name}, but all requests share one instance."
        hint = "Set per_request = True on the class."
        yield error("starterkit_core.E016", text, hint, obj=active)


def _reads(active: type, default: type) -> Iterator[tuple[str, str]]:
    """Yield each method of the host's classes that reads such an attribute."""
    for cls in active.__mro__:
        if cls in default.__mro__ or cls.__module__.startswith("rest_framework."):
            continue
        for member in filter(isfunction, vars(cls).values()):
            for name in OF_ONE_REQUEST:
                if name in member.__code__.co_names:
                    yield member.__qualname__, name
