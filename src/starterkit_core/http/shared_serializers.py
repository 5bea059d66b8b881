"""One serializer instance for all requests.

Copying the declared fields into a new instance is most of what a small DRF request
costs. So each class is instantiated once and used through ``run_validation()`` and
``to_representation()``. The context answers ``request`` and ``view`` of the request
that is being answered. A class whose fields depend on the request, or that reads
``initial_data`` or ``instance``, says ``per_request = True`` and is instantiated anew.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.signals import setting_changed
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from starterkit_core.ports.sign_up import requirements_changed

_current: ContextVar[APIView] = ContextVar("starterkit_endpoint")
_shared: dict[tuple[type[BaseSerializer[Any]], bool], BaseSerializer[Any]] = {}


class _LiveContext(dict[str, Any]):
    """The context of a serializer: request and view of the current request."""

    def __missing__(self, key: str) -> Any:
        if key not in {"request", "view"}:
            raise KeyError(key)
        view = _current.get()
        return view.request if key == "request" else view

    def __contains__(self, key: object) -> bool:
        is_live = key in {"request", "view"} and _current.get(None) is not None
        return is_live or super().__contains__(key)

    def get(self, key: str, default: Any = None) -> Any:
        try:
            return self[key]
        except LookupError:
            return default


@contextmanager
def serving(view: APIView) -> Iterator[None]:
    """Make ``view`` the one whose request serializers see, until the block ends."""
    token = _current.set(view)
    try:
        yield
    finally:
        _current.reset(token)


def validated(
    serializer_class: type[BaseSerializer[Any]], data: Any, *, partial: bool = False
) -> Any:
    """Return ``data`` as the serializer validates it.

    Raises:
        ValidationError: DRF's, with one entry per invalid field.
    """
    if is_per_request(serializer_class):
        serializer = serializer_class(
            data=data, partial=partial, context=_LiveContext()
        )
    else:
        serializer = shared(serializer_class, partial=partial)
    return serializer.run_validation(data)


def represented(serializer_class: type[BaseSerializer[Any]], instance: Any) -> Any:
    """Return ``instance`` as the serializer shows it."""
    if is_per_request(serializer_class):
        serializer = serializer_class(instance, context=_LiveContext())
    else:
        serializer = shared(serializer_class)
    return serializer.to_representation(instance)


def shared(
    serializer_class: type[BaseSerializer[Any]], *, partial: bool = False
) -> BaseSerializer[Any]:
    """Return the one instance of a serializer class that all requests use."""
    key = (serializer_class, partial)
    if key not in _shared:
        _shared[key] = serializer_class(partial=partial, context=_LiveContext())
    return _shared[key]


def is_per_request(serializer_class: type[BaseSerializer[Any]]) -> bool:
    """Return whether the class asks for an instance per request."""
    return bool(getattr(serializer_class, "per_request", False))


def forget_shared(**kwargs: Any) -> None:
    """Drop every shared instance; the next request builds it again."""
    _shared.clear()


setting_changed.connect(forget_shared, dispatch_uid="starterkit_core.forget_shared")
requirements_changed.connect(forget_shared, dispatch_uid="starterkit_core.requirements")
