"""E016: serializers that are shared by all requests but read one request's data."""

from collections.abc import Iterator
from contextlib import suppress
from inspect import isfunction
from typing import Any

from django.core.checks import CheckMessage

from starterkit_core.checks.messages import error
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.http.shared_serializers import is_per_request
from starterkit_core.modules import load_all_use_cases

OF_ONE_REQUEST = ("initial_data", "instance")
"""Attributes that a serializer instance has for one request only."""


def check_shared_serializers(**kwargs: Any) -> list[CheckMessage]:
    """Find serializers that read what a shared instance does not have."""
    load_all_use_cases()
    active = {cls for view in EndpointView.known.values() for cls in _active(view)}
    return [
        message
        for cls in sorted(active, key=lambda cls: f"{cls.__module__}.{cls.__name__}")
        for message in _check(cls)
    ]


def _active(view: type[EndpointView]) -> Iterator[type]:
    """Yield the serializer classes that are in force, the host's or ours."""
    for part in (view.active_request, view.active_response):
        with suppress(ImportError, AttributeError):  # E003 says so
            if isinstance(cls := part(), type):
                yield cls


def _check(cls: type) -> Iterator[CheckMessage]:
    if is_per_request(cls):
        return
    for where, name in _reads(cls):
        text = f"{where} reads {name}, but all requests share one instance."
        hint = "Set per_request = True on the class."
        yield error("starterkit_core.E016", text, hint, obj=cls)


def _reads(serializer_class: type) -> Iterator[tuple[str, str]]:
    """Yield each method that reads such an attribute, DRF's own left out."""
    for cls in serializer_class.__mro__:
        if cls.__module__.startswith("rest_framework."):
            continue
        for member in filter(isfunction, vars(cls).values()):
            for name in OF_ONE_REQUEST:
                if name in member.__code__.co_names:
                    yield member.__qualname__, name
