"""Hooks of drf-spectacular, for ``SPECTACULAR_SETTINGS``."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from starterkit_core.http.problems import MEDIA_TYPE
from starterkit_core.modules import modules

RESPONSE_NAMES = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "406": "NotAcceptable",
    "409": "Conflict",
    "413": "ContentTooLarge",
    "415": "UnsupportedMediaType",
    "429": "TooManyRequests",
    "503": "ServiceUnavailable",
}
"""Component names of shared responses; Python renames its phrases now and then."""

CONVENTIONS = """\
**Conventions.** Requests and responses are JSON. Paths end with a slash; without it \
the answer is 404 `missing_slash`, and its `path` is the right one. Request fields \
that an operation does not list are ignored, and responses may get new fields.

Every error is an `application/problem+json` document of one shape. Branch on its \
`code`, which never changes; `detail` is a sentence for users. Every operation lists \
its own codes; any operation may also return 404 `not_found`, 405 \
`method_not_allowed` and 500 `server_error`. With `validation_error`, `errors` lists \
what is wrong, and where:

    {"pointer": "/client/device_name", "code": "max_length", "detail": "…"}

With 429 and 503, the header `Retry-After` has the number of seconds to wait before a \
retry. Every response has the header `X-Request-ID`, and a problem repeats it as \
`request_id`: quote it when you ask for help.

Lists are paginated: send `next` of a page as `cursor` to get the next page.
"""
"""What the document says about the API as a whole, below the project's own text."""


def load_extensions(endpoints: list[Any], **kwargs: Any) -> list[Any]:
    """Load the modules' extensions of drf-spectacular; a hook.

    The schema class of our endpoints loads them, too, but a document may have none.
    """
    import_module("starterkit_core.openapi.schema")
    return endpoints


def share_problems(result: Any, **kwargs: Any) -> Any:
    """Move equal problem responses to ``components/responses``; a spectacular hook."""
    shared: dict[str, Any] = {}
    for operation in _operations(result):
        for status, response in operation["responses"].items():
            if MEDIA_TYPE not in response.get("content", {}):
                continue
            name = _response_name(status, response, shared)
            shared[name] = response
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    result.setdefault("components", {})["responses"] = dict(sorted(shared.items()))
    return result


def introduce(result: Any, **kwargs: Any) -> Any:
    """Add ``CONVENTIONS`` and the guides of the modules' tags; a spectacular hook."""
    own = result["info"].get("description")
    result["info"]["description"] = "\n\n".join(filter(None, [own, CONVENTIONS]))
    used = {tag for it in _operations(result) for tag in it.get("tags", [])}
    known = {tag["name"] for tag in result.get("tags", [])}
    result["tags"] = result.get("tags", []) + [
        {"name": name, "description": description}
        for module in modules()
        for name, description in module.openapi_tags().items()
        if name in used - known
    ]
    return result


def name_enums(result: Any, **kwargs: Any) -> Any:
    """Move every enum into a component of its own; a spectacular hook.

    Its name is made of the component and the property it is in, so it does not depend
    on the names of other apps' enums.
    """
    schemas = result.get("components", {}).get("schemas", {})
    for owner, schema in list(schemas.items()):
        for name, prop in schema.get("properties", {}).items():
            if "enum" not in prop:
                continue
            enum = owner.removesuffix("Request") + name.title().replace("_", "")
            schemas[enum] = {
                key: prop.pop(key) for key in ("enum", "type") if key in prop
            }
            prop.pop("x-spec-enum-id", None)
            prop["$ref"] = f"#/components/schemas/{enum}"
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _operations(result: Any) -> Iterator[Any]:
    for path in result.get("paths", {}).values():
        yield from (
            operation for operation in path.values() if "responses" in operation
        )


def _response_name(status: str, response: Any, shared: dict[str, Any]) -> str:
    """Return the name of an equal response, or the next free one for this status."""
    phrase = RESPONSE_NAMES.get(status, f"Status{status}")
    number = 1
    while True:
        name = phrase if number == 1 else f"{phrase}{number}"
        if shared.get(name, response) == response:
            return name
        number += 1
