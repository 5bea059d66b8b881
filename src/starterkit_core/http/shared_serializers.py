"""One serializer instance for all requests.

Copying the declared fields into a new instance is most of what a small DRF request
costs. So each class is instantiated once and used through ``run_validation()`` and
``to_representation()``. The context answers ``request`` and ``view`` of the request
that is being answered. A class that reads ``initial_data`` or ``instance`` says
``per_request = True`` and is instantiated anew. So is a class with an ``__init__()`` or
``get_fields()`` of its own, which may ask who calls, unless it says ``per_request =
False``; and a class with a field of such a class.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.core.signals import setting_changed
from rest_framework.fields import (
    BooleanField,
    CharField,
    DictField,
    Field,
    IntegerField,
    ListField,
)
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from starterkit_core.http.shapes import check_shape
from starterkit_core.ports.account_sections import sections_changed
from starterkit_core.ports.preferences import preferences_changed
from starterkit_core.ports.sign_up import requirements_changed
from starterkit_core.ports.user_filters import filters_changed

_current: ContextVar[APIView] = ContextVar("starterkit_endpoint")

_shared: dict[tuple[type[BaseSerializer[Any]], bool], BaseSerializer[Any] | None] = {}
"""The instance that requests share, by class and ``partial``; None if they do not."""

DECIDES_ABOUT_FIELDS = frozenset(
    {
        "__init__",
        "__new__",
        "build_field",
        "fields",
        "get_default_field_names",
        "get_extra_kwargs",
        "get_field_names",
        "get_fields",
        "get_validators",
        "include_extra_kwargs",
    }
)
"""What DRF calls once for each instance of a serializer."""


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
    serializer = _shared_if_fixed(serializer_class, partial=partial)
    if serializer is None:
        serializer = serializer_class(
            data=data, partial=partial, context=_LiveContext()
        )
    check_shape(serializer, data)
    return serializer.run_validation(data)


def represented(serializer_class: type[BaseSerializer[Any]], instance: Any) -> Any:
    """Return ``instance`` as the serializer shows it."""
    serializer = _shared_if_fixed(serializer_class)
    if serializer is None:
        serializer = serializer_class(instance, context=_LiveContext())
    return serializer.to_representation(instance)


def represented_rows(
    serializer_class: type[BaseSerializer[Any]], rows: Iterable[Any]
) -> list[Any]:
    """Return each of ``rows`` as the serializer shows it.

    Attributes are read directly where that is what DRF's fields would do.
    """
    columns = _columns_of(serializer_class)
    if columns is None:
        return [represented(serializer_class, row) for row in rows]
    serializer = shared(serializer_class)
    return [_row(serializer, columns, row) for row in rows]


Column = tuple[str, str, type | None, Any]
"""The name in the answer, the attribute, the type of its values that are written as
they are, or None, and what writes the others."""

_columns: dict[type[BaseSerializer[Any]], list[Column] | None] = {}
"""The columns of each shared serializer; None if its rows need ``represented()``."""

KEPT: Mapping[Any, type] = {
    BooleanField.to_representation: bool,
    CharField.to_representation: str,
    IntegerField.to_representation: int,
}
"""The type of which each of these methods of DRF returns the value itself."""


def _columns_of(serializer_class: type[BaseSerializer[Any]]) -> list[Column] | None:
    if serializer_class not in _columns:
        made: Any = _shared_if_fixed(serializer_class)
        is_plain = made is not None and _is_plain(made)
        fields = made._readable_fields if is_plain else ()  # noqa: SLF001  # DRF's own
        columns = [_column(field) for field in fields]
        _columns[serializer_class] = columns if is_plain else None
    return _columns[serializer_class]


def _is_plain(serializer: Any) -> bool:
    """Return whether the serializer leaves it to its fields, and they to attributes."""
    return type(serializer).to_representation is Serializer.to_representation and all(
        type(field).get_attribute is Field.get_attribute
        and len(field.source_attrs) == 1
        for field in serializer._readable_fields  # noqa: SLF001  # DRF's own
    )


def _column(field: Any) -> Column:
    kept = KEPT.get(type(field).to_representation)
    return field.field_name, field.source_attrs[0], kept, field.to_representation


def _row(serializer: Any, columns: list[Column], row: Any) -> Any:
    """Return what ``to_representation()`` returns, which is asked in doubt."""
    shown: dict[str, Any] = {}
    for name, attribute, kept, write in columns:
        try:
            value = getattr(row, attribute, _doubtful)
        except ObjectDoesNotExist:  # DRF shows null
            value = _doubtful
        if value is None or type(value) is kept:
            shown[name] = value
        elif callable(value):
            return serializer.to_representation(row)
        else:
            shown[name] = write(value)
    return shown


def _doubtful() -> None:
    """Stand for an attribute that is not there: DRF knows what to do then."""


def shared(
    serializer_class: type[BaseSerializer[Any]], *, partial: bool = False
) -> BaseSerializer[Any]:
    """Return the one instance of a serializer class that all requests use."""
    serializer = _shared_if_fixed(serializer_class, partial=partial)
    if serializer is None:
        raise TypeError(f"{serializer_class.__qualname__} is made for each request.")
    return serializer


def is_per_request(serializer_class: type) -> bool:
    """Return whether the class asks for an instance per request, or may need one.

    Of ``per_request`` and the methods that decide about fields, what is nearest to the
    class counts: a subclass with a ``get_fields()`` is not what its parent promised.
    """
    for cls in serializer_class.__mro__:
        if cls is object or cls.__module__.startswith("rest_framework."):
            continue
        if "per_request" in vars(cls):
            return bool(vars(cls)["per_request"])
        if not DECIDES_ABOUT_FIELDS.isdisjoint(vars(cls)):
            return True
    return False


def _shared_if_fixed(
    serializer_class: type[BaseSerializer[Any]], *, partial: bool = False
) -> BaseSerializer[Any] | None:
    """Return the shared instance, or None if each request needs its own."""
    key = (serializer_class, partial)
    if key not in _shared:
        _shared[key] = None
        if not is_per_request(serializer_class):
            made = serializer_class(partial=partial, context=_LiveContext())
            _shared[key] = None if _has_part_per_request(made) else made
    return _shared[key]


def _has_part_per_request(serializer: Any) -> bool:
    """Return whether a serializer inside needs an instance per request."""
    child = getattr(serializer, "child", None)  # of a list
    parts = [child] if child else getattr(serializer, "fields", {}).values()
    return any(
        is_per_request(type(part)) or _has_part_per_request(part)
        for part in parts
        if isinstance(part, (BaseSerializer, ListField, DictField))
    )


def forget_shared(**kwargs: Any) -> None:
    """Drop every shared instance; the next request builds it again."""
    _shared.clear()
    _columns.clear()


setting_changed.connect(forget_shared, dispatch_uid="starterkit_core.forget_shared")

requirements_changed.connect(forget_shared, dispatch_uid="starterkit_core.requirements")

filters_changed.connect(forget_shared, dispatch_uid="starterkit_core.user_filters")

preferences_changed.connect(forget_shared, dispatch_uid="starterkit_core.preferences")

sections_changed.connect(forget_shared, dispatch_uid="starterkit_core.sections")
