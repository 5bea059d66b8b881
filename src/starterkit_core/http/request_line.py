"""The line that each request leaves in the log."""

import logging
from functools import lru_cache

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from starterkit_core.conf import conf
from starterkit_core.http.client import readable
from starterkit_core.utils.client_address import client_address, coarse
from starterkit_core.utils.known_secrets import secrets_of_path
from starterkit_core.utils.probes import is_probe
from starterkit_core.utils.redaction import BLOT, redacted_text

logger = logging.getLogger("starterkit.requests")

LONGEST_PATH = 500


def log_request(
    request: HttpRequest, response: HttpResponseBase, seconds: float
) -> None:
    """Log who asked for what, how it went, and how long it took.

    The query is left out: what is searched for may be private. A health check that
    went well is logged at the level DEBUG.
    """
    is_quiet = response.status_code < 400 and _is_of_probe(request)  # noqa: PLR2004  # the first status of an error
    level = logging.DEBUG if is_quiet else logging.INFO
    if not logger.isEnabledFor(level):
        return
    facts = {
        "method": readable(str(request.method)),
        "path": path_of(request),
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
    }
    line = "%(method)s %(path)s %(status)d in %(milliseconds)s ms"
    logger.log(level, line, facts, extra={**facts, **_origin_of(request)})


def _is_of_probe(request: HttpRequest) -> bool:
    """Return whether the project has a URL of that name; a client may make up a path.

    A view for every path, such as that of Django's admin, answers those as well.
    """
    match = request.resolver_match
    return match is not None and is_probe(f"/{match.route}")


def _origin_of(request: HttpRequest) -> dict[str, str]:
    address = client_address(request.META, conf.TRUSTED_PROXIES)
    return {
        "endpoint": endpoint_of(request),
        "client": _shown(address, conf.LOG_ADDRESS),
    }


_shown = lru_cache(maxsize=1024)(coarse)
"""The same clients come again, and to compute a network takes 20 microseconds."""


def endpoint_of(request: HttpRequest) -> str:
    """Return the key of an endpoint, the route of a view without one, or ``""``."""
    match = request.resolver_match
    if match is None:
        return ""
    endpoints = getattr(getattr(match.func, "cls", None), "endpoints", {})
    view = endpoints.get(str(request.method).lower().replace("head", "get"))
    return (view and view.use_case.key) or match.route or ""


def path_of(request: HttpRequest) -> str:
    """Return the path without parameters that are secret, such as a token."""
    path = request.path
    for secret in secrets_of_path(request):
        path = path.replace(secret, BLOT)
    return redacted_text(readable(path[:LONGEST_PATH]))
