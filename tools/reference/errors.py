"""docs/reference/errors.md: every code a problem document can carry."""

from collections.abc import Iterator

from django.utils.translation import override
from rest_framework import exceptions

from starterkit_core.errors import DomainError
from starterkit_core.modules import load_all_use_cases, modules
from tools.reference import markdown

LEAD = (
    "Every refusal is a problem document (RFC 9457, `application/problem+json`). "
    "Branch on `code`, which never changes; `detail` is for users, in their language."
)

GENERAL = {
    "authentication_failed": "The credential in the request is not valid any more.",
    "bad_request": "The request cannot be read as HTTP.",
    "body_too_large": "The body is longer than `STARTERKIT_CORE['MAX_BODY_BYTES']`.",
    "headers_too_large": (
        "There are more headers than `STARTERKIT_CORE['MAX_HEADERS']`, or more bytes "
        "of them than `STARTERKIT_CORE['MAX_HEADER_BYTES']`."
    ),
    "length_required": (
        "The body comes in chunks. Send it with `Content-Length`, or put a server in "
        "front that adds it, such as nginx."
    ),
    "method_not_allowed": "The header `Allow` says which methods this URL has.",
    "not_acceptable": "The answer is JSON, and the request accepts no JSON.",
    "not_authenticated": "This is for signed-in users.",
    "not_found": "There is no such resource, or it belongs to another user.",
    "parse_error": "The body is not JSON, or is nested too deeply.",
    "permission_denied": "The user may not do this.",
    "server_error": "An unexpected error; the log has it under `request_id`.",
    "throttled": "A throttle of the project; the header `Retry-After` says how long.",
    "unsupported_media_type": "Send `Content-Type: application/json`.",
    "url_too_long": "Path and query exceed `STARTERKIT_CORE['MAX_URL_LENGTH']`.",
    "validation_error": "The member `errors` names each field that is not valid.",
}
"""Codes that belong to no business rule, and what each one means."""

STATUSES = {"body_too_large": 413, "validation_error": 400}
STATUSES |= {"bad_request": 400, "server_error": 500}
STATUSES |= {"headers_too_large": 431, "length_required": 411, "url_too_long": 414}


def page() -> str:
    """Return the page."""
    with override("en"):
        blocks = [*_general(), *_of_modules()]
    return markdown.page("Error codes", LEAD, blocks)


def _general() -> Iterator[str]:
    yield "## Everywhere"
    for code, meaning in GENERAL.items():
        yield f"{markdown.anchored(code)}\n\n{_status(code)}. {meaning}"


def _status(code: str) -> int:
    """Return the status that DRF gives this code."""
    found = vars(exceptions).values()
    kinds = [kind for kind in found if getattr(kind, "default_code", "") == code]
    return int(kinds[0].status_code) if kinds else STATUSES[code]


def _of_modules() -> Iterator[str]:
    names = (config.name for config in modules())
    for name in filter(_is_ours, names):
        if refusals := refusals_of(name):
            yield f"## {name}"
            yield from map(_refusal, refusals)


def _is_ours(module: str) -> bool:
    return module.startswith("starterkit_")


def refusals_of(module: str) -> list[type[DomainError]]:
    """Return the refusals that a module defines, in the order of its code."""
    load_all_use_cases()
    return [kind for kind in _descendants(DomainError) if _is_of(kind, module)]


def _is_of(kind: type[DomainError], module: str) -> bool:
    """Return whether the module defines ``kind``, outside of its tests."""
    place = kind.__module__
    in_code = place.startswith(f"{module}.") and ".tests_" not in place
    return in_code and "code" in vars(kind)  # some share that of their parent


def _descendants(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def _refusal(kind: type[DomainError]) -> str:
    meaning = f"{int(kind.status)}. {markdown.prose(kind.__doc__)}"
    return f"{markdown.anchored(kind.code)}\n\n{meaning}\n\n> {kind.message}"
