"""The type of an operation's problems: its own codes, and the facts of each."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from typing import Any

from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent

from starterkit_core.openapi.components import SCHEMAS, share
from starterkit_core.openapi.refusals import INVALID, Refusal

GENERAL = "ApiProblem"
"""The component of every problem, with any code and any facts."""

FORMATS = {
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
}
"""The formats of strings that are told by an example."""


def problem_schema(
    registry: ComponentRegistry, name: str, refusals: Sequence[Refusal]
) -> dict[str, Any]:
    """Return a reference to the schema of the problems of one operation.

    It is flat, because many generators lose what stands beside ``allOf``, and cannot
    read a ``oneOf`` with a code that is new to them. Facts are typed by the example of
    their error class.
    """
    general = registry[GENERAL, ResolvedComponent.SCHEMA].schema
    schema = deepcopy({key: general[key] for key in ("type", "properties", "required")})
    properties = schema["properties"]
    codes = sorted({refusal.code for refusal in refusals})
    # As a component, because spectacular's hook names enums of properties by a hash.
    enum = {"type": "string", "enum": codes}
    properties["code"] = share(registry, SCHEMAS, f"{name}Code", enum)
    if INVALID not in refusals:
        del properties["errors"]
    properties |= _facts(registry, refusals, {*general["properties"]})
    return dict(share(registry, SCHEMAS, name, schema))


def _facts(
    registry: ComponentRegistry, refusals: Sequence[Refusal], known: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return the schema of each unknown fact, with the codes that it comes with."""
    shapes: dict[str, list[Any]] = defaultdict(list)
    codes: dict[str, list[str]] = defaultdict(list)
    for refusal in refusals:
        for name, value in refusal.facts.items():
            if name in known:
                continue
            shape = _shape(registry, f"{refusal.prefix}{_title(name)}", value)
            if shape not in shapes[name]:
                shapes[name].append(shape)
            codes[name].append(f"`{refusal.code}`")
    return {
        name: (found[0] if len(found) == 1 else {"anyOf": found})
        | {"description": f"With {', '.join(sorted({*codes[name]}))}."}
        for name, found in shapes.items()
    }


def _shape(registry: ComponentRegistry, name: str, value: Any) -> dict[str, Any]:
    """Return the schema of an example; ``name`` is for the objects in it."""
    match value:
        case bool():
            return {"type": "boolean"}
        case int():
            return {"type": "integer"}
        case float():
            return {"type": "number"}
        case Mapping():
            properties = {
                key: _shape(registry, name + _title(key), part)
                for key, part in value.items()
            }
            part = {"type": "object", "properties": properties, "required": [*value]}
            return dict(share(registry, SCHEMAS, name, part))
        case str():
            formats = [it for it, form in FORMATS.items() if form.fullmatch(value)]
            return {"type": "string"} | ({"format": formats[0]} if formats else {})
    items = _shape(registry, f"{name}Item", value[0]) if value else {"type": "string"}
    return {"type": "array", "items": items}


def _title(name: str) -> str:
    return name.title().replace("_", "")
