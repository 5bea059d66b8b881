"""Names parts of our operations in the document, and takes no name that is taken.

The host's operations, components and hooks are left alone: a part of ours is registered
while our operation is documented, like the components of drf-spectacular itself.
"""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.plumbing import (
    ComponentRegistry,
    ResolvedComponent,
    is_jsonschema_compliant,
    safe_ref,
)
from drf_spectacular.settings import spectacular_settings

SCHEMAS, RESPONSES = ResolvedComponent.SCHEMA, ResolvedComponent.RESPONSE


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
    registry: ComponentRegistry, owner: ResolvedComponent, serializer: Any
) -> None:
    """Move every enum of a component into a component of its own.

    It is named after the component and the property, so it does not depend on the
    names of other enums. A field that stands in several serializers may name its enum
    itself, by an attribute ``component``: then it is one component.
    """
    named = _names_of_fields(serializer)
    stem = owner.name.removeprefix("Patched").removesuffix("Request")
    for name, holder, key in _enums(owner.schema):
        prop = holder[key]
        enum = {part: prop.pop(part) for part in ("enum", "type") if part in prop}
        prop.pop("x-spec-enum-id", None)
        enum_name = named.get(name) or stem + name.title().replace("_", "")
        part = prop | share(registry, SCHEMAS, enum_name, enum)
        # OpenAPI 3.0 ignores what stands beside a reference.
        beside = is_jsonschema_compliant()  # type: ignore[no-untyped-call]  # theirs
        holder[key] = part if beside else safe_ref(part)


def _names_of_fields(serializer: Any) -> dict[str, str]:
    """Return the names of enums that fields say themselves, by field."""
    instance = serializer() if isinstance(serializer, type) else serializer
    fields = getattr(instance, "fields", {}).items()
    return {it: field.component for it, field in fields if hasattr(field, "component")}


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
