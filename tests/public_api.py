"""Writes down everything that hosts may build on, as plain lines of text.

What is listed here is what the modules ship; what a project overrides changes nothing.
"""

import inspect
from collections.abc import Iterable, Iterator
from dataclasses import fields as dataclass_fields
from importlib import import_module
from pkgutil import iter_modules
from typing import get_type_hints

from django.db import models
from django.dispatch import Signal
from rest_framework import serializers

from starterkit_core import ports, signals
from starterkit_core.conf import AppSettings
from starterkit_core.errors import DomainError
from starterkit_core.http.endpoints import EndpointView
from starterkit_core.modules import load_all_use_cases, modules
from starterkit_core.use_cases import Input, UseCase, steps_of
from tests.tree import routes_of

PREFIX = "starterkit_"


def describe(operation_ids: dict[str, str]) -> str:
    """Return the whole contract; ``operation_ids`` are by endpoint folder."""
    parts = [
        section("Endpoints", endpoints(operation_ids)),
        section("Acts without a URL", acts()),
        section("URL names", url_names()),
        section("Error codes", errors()),
        section("Settings", settings()),
        section("Signals", signals_sent()),
        section("Abstract models", abstract_models()),
        section("Ports", port_members()),
    ]
    return "\n\n".join(parts) + "\n"


def is_ours(cls: type) -> bool:
    """Return whether a class is shipped; the tests of a module define some too."""
    return cls.__module__.startswith(PREFIX) and ".tests_" not in cls.__module__


def section(title: str, lines: Iterable[str]) -> str:
    return "\n".join([f"# {title}", "", *lines])


def our_endpoints() -> dict[str, type[EndpointView]]:
    load_all_use_cases()
    known = sorted(EndpointView.known.items())
    return {key: view for key, view in known if key.startswith(PREFIX)}


def endpoints(operation_ids: dict[str, str]) -> Iterator[str]:
    for key, view in our_endpoints().items():
        yield key
        yield f"  operation  {operation_ids[key]}"
        yield from (f"  {line}" for line in use_case(UseCase.defaults[key]))
        yield from part("request", view.request_class)
        yield from part("response", view.response_class)
        yield ""


def our_acts() -> dict[str, type[UseCase]]:
    load_all_use_cases()
    known = sorted(UseCase.defaults.items())
    return {
        key: cls
        for key, cls in known
        if key.startswith(PREFIX) and ".use_cases." in key
    }


def acts() -> Iterator[str]:
    for key, cls in our_acts().items():
        yield key
        yield from (f"  {line}" for line in use_case(cls))
        yield ""


def use_case(cls: type[UseCase]) -> Iterator[str]:
    yield f"use case   {cls.__name__}"
    given = input_class(cls)
    names = [field.name for field in dataclass_fields(given)]
    yield f"input      {given.__name__}: {', '.join(names)}"
    for step in steps_of(cls):
        yield f"step       {step}{parameters(getattr(cls, step))}"
    for error in sorted(cls.raises, key=lambda error: error.code):
        yield f"raises     {error.code}"


def input_class(cls: type[UseCase]) -> type[Input]:
    """Return the input that stands beside the use case."""
    return getattr(import_module(cls.__module__), f"{cls.__name__}Input")


def parameters(function) -> str:
    """Return names and order, without types: Pythons print those differently."""
    found = inspect.signature(function).parameters.values()
    return f"({', '.join(parameter(p) for p in found if p.name != 'self')})"


def parameter(given: inspect.Parameter) -> str:
    stars = {given.VAR_POSITIONAL: "*", given.VAR_KEYWORD: "**"}
    name = stars.get(given.kind, "") + given.name
    keyword = " (by name)" if given.kind == given.KEYWORD_ONLY else ""
    return name + keyword + ("" if given.default is given.empty else " = …")


def part(title: str, serializer: type[serializers.BaseSerializer] | None):
    if serializer:
        yield f"  {title:<10} {serializer.__name__}"
        yield from body(serializer(), "    ")


def body(serializer: serializers.BaseSerializer, indent: str) -> Iterator[str]:
    for name, field in getattr(serializer, "fields", {}).items():
        inner = getattr(field, "child", field)
        many = " many" if inner is not field else ""
        yield f"{indent}{name}: {type(inner).__name__}{many}{notes(field)}"
        yield from body(inner, indent + "  ")


def notes(field: serializers.Field) -> str:
    said = [
        "required" if field.required and not field.read_only else "",
        "or null" if field.allow_null else "",
    ]
    return "".join(f", {note}" for note in said if note)


def url_names() -> Iterator[str]:
    for config in modules():
        if config.name.startswith(PREFIX) and config.mount:
            for route, pattern in routes_of(config.name).items():
                yield f"{config.label}:{pattern.name} v1/{route}"


def errors() -> list[str]:
    found = {cls for cls in descendants(DomainError) if hasattr(cls, "code")}
    ours = (cls for cls in found if is_ours(cls))
    return sorted(f"{cls.code} {int(cls.status)} {named(cls)}" for cls in ours)


def named(cls: type) -> str:
    return f"{cls.__module__}.{cls.__name__}"


def descendants(cls: type) -> Iterator[type]:
    for child in cls.__subclasses__():
        yield child
        yield from descendants(child)


def settings() -> Iterator[str]:
    for owner in sorted(AppSettings.known, key=lambda owner: owner.namespace):
        if is_ours(owner):
            yield from (f"{owner.namespace}[{name!r}]" for name in owner.entries)


def signals_sent() -> list[str]:
    """Return each signal with its facts, which stand in the table of the docstring."""
    rows = [line.split(maxsplit=1) for line in (signals.__doc__ or "").splitlines()]
    facts = {row[0]: row[1] for row in rows if len(row) > 1}
    return [
        f"{name}: {facts[name]}"
        for name, value in vars(signals).items()
        if isinstance(value, Signal)
    ]


def abstract_models() -> Iterator[str]:
    found = {model for model in descendants(models.Model) if is_public_base(model)}
    for model in sorted(found, key=named):
        yield named(model)
        yield from (f"  {line}" for line in sorted(columns(model)))
        yield from (f"  {rule.name}" for rule in model._meta.constraints)
        yield ""


def is_public_base(model: type[models.Model]) -> bool:
    hidden = model.__name__.startswith("_")
    return is_ours(model) and model._meta.abstract and not hidden


def columns(model: type[models.Model]) -> Iterator[str]:
    for field in model._meta.local_fields + model._meta.local_many_to_many:
        null = " or null" if field.null else ""
        yield f"{field.name}: {field.get_internal_type()}{null}{target(field)}"


def target(field: models.Field) -> str:
    """Return what a field points at; what can be swapped, by its setting."""
    if not field.remote_field:
        return ""
    setting = getattr(field, "swappable_setting", None)
    model = field.remote_field.model
    label = model if isinstance(model, str) else model._meta.label
    return f" -> {setting or label}"


def port_members() -> Iterator[str]:
    for info in iter_modules(ports.__path__):
        if info.name.startswith("tests"):
            continue
        module = import_module(f"{ports.__name__}.{info.name}")
        for name, member in vars(module).items():
            if getattr(member, "__module__", "") == module.__name__:
                yield from port_member(f"{info.name}.{name}", member)


def port_member(name: str, member: object) -> Iterator[str]:
    if name.rpartition(".")[2].startswith("_"):
        return
    if inspect.isfunction(member):
        yield f"{name}{parameters(member)}"
    elif inspect.isclass(member):
        yield f"{name}: {', '.join(class_members(member))}"


def class_members(cls: type) -> Iterator[str]:
    yield from get_type_hints(cls)
    for name in vars(cls):
        member = getattr(cls, name)
        if inspect.isroutine(member) and not name.startswith("_"):
            yield name + parameters(member)
