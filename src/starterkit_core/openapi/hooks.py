"""Hooks of drf-spectacular, for ``SPECTACULAR_SETTINGS``."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from starterkit_core.modules import modules

CONVENTIONS = """\
**Conventions** of the operations that list `application/problem+json` responses: \
Requests and responses are JSON. Paths end with a slash; without it the answer is 404 \
`missing_slash`, and its `path` is the right one. Request fields that an operation \
does not list are ignored, and responses may get new fields. Names are one line: tabs, \
line breaks and invisible characters in them become one space.

Every error is a document of one shape, `ApiProblem`. Branch on its `code`, which \
never changes; `detail` is a sentence for users. Every operation lists its own codes; \
any may also return 404 `not_found`, 405 `method_not_allowed`, 414 `url_too_long`, 431 \
`headers_too_large` and 500 `server_error`. Send a body with `Content-Length`, or the \
answer is 411 `length_required`. \
With `validation_error`, `errors` lists what is wrong, and where:

    {"pointer": "/client/device_name", "code": "max_length", "detail": "…"}

With 429 and 503, the header `Retry-After` has the number of seconds to wait before a \
retry. Every response has the header `X-Request-ID`, and a problem repeats it as \
`request_id`: quote it when you ask for help.

Lists are paginated: send `next` of a page as `cursor` to get the next page.
"""
"""What the document says about our operations, below the project's own text."""


def load_extensions(endpoints: list[Any], **kwargs: Any) -> list[Any]:
    """Load the modules' extensions of drf-spectacular; a hook.

    The schema class of our endpoints loads them, too, but a document may have none.
    """
    import_module("starterkit_core.openapi.schema")
    return endpoints


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


def _operations(result: Any) -> Iterator[Any]:
    for path in result.get("paths", {}).values():
        yield from (
            operation for operation in path.values() if "responses" in operation
        )
