"""Names parts of our operations in the document, and takes no name that is taken.

The host's operations, components and hooks are left alone: a part of ours is registered
while our operation is documented, like the components of drf-spectacular itself.
"""

import json
from collections.abc import Callable, Collection, Iterator
from typing import Any

from drf_spectacular.plumbing import (
    ComponentRegistry,
    ResolvedComponent,
    is_jsonschema_compliant,
    safe_ref,
)
from drf_spectacular.settings import spectacular_settings

SCHEMAS, EXAMPLES = ResolvedComponent.SCHEMA, ResolvedComponent.EXAMPLE


class SharedPart:
    """Marks the components that are registered here."""


def share(registry: ComponentRegistry, kind: str, name: str, part: Any) -> Any:
    """Return a reference to ``part``, registered under the first name that is free.

    An equal part that is shared already is used again.
    """
    mine = ResolvedComponent(name, kind, part, SharedPart)  # type: ignore[no-untyped-call]  # theirs
    number = 1
    while not _is_ours(found := _registered(registry, mine), part):
        number += 1
        mine.name = f"{name}{number}"
    if found is mine:
        registry.register(mine)
    return mine.ref


def name_enums(
    registry: ComponentRegistry,
    owner: ResolvedComponent,
    serializer: Any,
    name_of: Callable[[type], str | None],
) -> None:
    """Move every enum of a component into a component of its own.

    It is named after the property and the serializer that declares it, so it does not
    depend on the names of other enums, and subclasses share it. A field that stands in
    several serializers names its enum itself, by an attribute ``component``.
    """
    named = _names_of_fields(serializer)
    for name, holder, key in _enums(owner.schema):
        stem = name_of(_declaring(serializer, name)) or owner.name
        stem = stem.removeprefix("Patched").removesuffix("Request")
        prop = holder[key]
        enum = {part: prop.pop(part) for part in ("enum", "type") if part in prop}
        prop.pop("x-spec-enum-id", None)
        enum_name = named.get(name) or stem + name.title().replace("_", "")
        part = prop | share(registry, SCHEMAS, enum_name, enum)
        # OpenAPI 3.0 ignores what stands beside a reference.
        beside = is_jsonschema_compliant()  # type: ignore[no-untyped-call]  # theirs
        holder[key] = part if beside else safe_ref(part)


def describe_defaults(component: ResolvedComponent) -> None:
    """Say in words what a field is if it is left out.

    Of a property with ``default``, generators take it that it is always there, and a
    client would have to send it.
    """
    for prop in (component.schema or {}).get("properties", {}).values():
        default = prop.pop("default", None)
        if default not in (None, "", [], {}):
            said = f"Default: `{_plain(default)}`."
            prop["description"] = " ".join(
                filter(None, [prop.get("description"), said])
            )


def offer_alternatives(
    registry: ComponentRegistry, owner: ResolvedComponent, serializer: Any
) -> None:
    """Make a component with alternatives the choice of one component for each."""
    alternatives = getattr(serializer, "alternatives", {})
    whole = owner.schema
    if not alternatives or not whole or "oneOf" in whole:
        return
    every = set().union(*alternatives.values())
    field, values = serializer.told_apart or ("", {})
    mapping = {}
    for name, fields in alternatives.items():
        part = _part(whole, every, fields)
        part_name = alternative_name(owner.name, name)
        if field:
            value = {"type": "string", "enum": [values[name]]}
            part["properties"][field] = share(
                registry, SCHEMAS, part_name + field.title(), value
            )
        ref = share(registry, SCHEMAS, part_name, part)
        mapping[values.get(name, name)] = ref["$ref"]
    owner.schema = {"oneOf": [{"$ref": ref} for ref in mapping.values()]}
    if "description" in whole:
        owner.schema["description"] = whole["description"]
    if field:
        owner.schema["discriminator"] = {"propertyName": field, "mapping": mapping}


def alternative_name(owner: str, name: str) -> str:
    """Return the name of the component of one alternative."""
    stem = owner.removesuffix("Request")
    return stem + name + owner.removeprefix(stem)


def _part(whole: Any, every: set[str], fields: Collection[str]) -> dict[str, Any]:
    """Return the schema without what only other alternatives have."""
    absent = every - {*fields}
    properties = {
        name: prop for name, prop in whole["properties"].items() if name not in absent
    }
    asked = {*whole.get("required", []), *fields}
    required = [name for name in properties if name in asked]
    return {"type": "object", "properties": properties, "required": required}


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _declaring(serializer: Any, name: str) -> type:
    """Return the class that declares a field; the last one, if none does."""
    given = serializer if isinstance(serializer, type) else type(serializer)

    def declared_by(base: type) -> Any:
        return getattr(base, "_declared_fields", {}).get(name)

    field = declared_by(given)
    same = [base for base in given.__mro__ if field and declared_by(base) is field]
    return same[-1] if same else given


def _names_of_fields(serializer: Any) -> dict[str, str]:
    """Return the names of enums that fields say themselves, by field."""
    instance = serializer() if isinstance(serializer, type) else serializer
    fields = getattr(instance, "fields", {}).items()
    inner = {name: getattr(field, "child", field) for name, field in fields}
    return {
        it: field.component
        for it, field in inner.items()
        if hasattr(field, "component")
    }


def _enums(schema: Any) -> Iterator[tuple[str, Any, str]]:
    """Yield the name of each property with an enum, and where the enum is."""
    properties = (schema or {}).get("properties", {})
    for name, prop in properties.items():
        if "enum" in prop:
            yield name, properties, name
        elif "enum" in prop.get("items", {}):
            yield name, prop, "items"


def _is_ours(found: ResolvedComponent | None, part: Any) -> bool:
    return bool(found and found.object is SharedPart and found.schema == part)


def _registered(
    registry: ComponentRegistry, mine: ResolvedComponent
) -> ResolvedComponent | None:
    """Return what has the name, ``mine`` if it is free; None if the host appends it."""
    if mine.name in spectacular_settings.APPEND_COMPONENTS.get(mine.type, {}):
        return None
    try:
        return registry[mine]
    except KeyError:
        return mine
