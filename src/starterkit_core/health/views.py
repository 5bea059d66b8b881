"""``/livez`` and ``/readyz``: plain views that need no user, session, language or API.

They answer with plain JSON, as a probe reads the status code and a monitor ``status``;
both are named after those of Kubernetes, and so is ``?verbose``.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from starterkit_core.health.access import may_see_details
from starterkit_core.health.report import (
    NOT_READY,
    report_of_all,
    report_of_required,
)
from starterkit_core.http.answers import SAFE_HEADERS

View = Callable[[HttpRequest], HttpResponse]

VERBOSE = re.compile(r"(?:^|&)verbose(?:[=&]|$)")
"""Searched in the query: ``request.GET`` fails if there are too many names in it."""


def probe(view: View) -> View:
    """Decorate a view that answers any client."""
    return csrf_exempt(login_not_required(_with_safe_headers(require_safe(view))))


def _with_safe_headers(view: View) -> View:
    """Let a 405, which is Django's own, have them as well."""

    @wraps(view)
    def answer(request: HttpRequest) -> HttpResponse:
        response = view(request)
        for name, value in SAFE_HEADERS.items():
            response.headers[name] = value
        return response

    return answer


@probe
def live(request: HttpRequest) -> HttpResponse:
    """Answer 200, as the process does; ask no other service.

    One that restarted what fails would restart every process while a database is down.
    """
    return _answer({"status": "alive"})


@probe
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 if this process may get requests, otherwise 503.

    With ``?verbose``, clients that may see the details get them, of all checks. Any
    other waits for the required checks only, and is not told of degraded service.
    """
    asks_for_details = VERBOSE.search(request.META.get("QUERY_STRING", ""))
    if asks_for_details and may_see_details(request):
        return _answer(report_of_all().details())
    return _answer({"status": report_of_required().status})


def _answer(body: Mapping[str, Any]) -> HttpResponse:
    is_well = body["status"] != NOT_READY
    status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
    response = JsonResponse(body, status=status)
    response.headers["Content-Length"] = str(len(response.content))
    # Django would log and mail each 503; what fails is logged when it begins to.
    response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  # Django's own mark, without a public name
    return response
