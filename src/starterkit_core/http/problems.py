"""Every error response has one shape: a problem document (RFC 9457)."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import islice
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as InvalidModel
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.settings import api_settings
from rest_framework.views import set_rollback

from starterkit_core.conf import conf
from starterkit_core.db.conflicts import Conflict
from starterkit_core.errors import Busy, DomainError, ServiceUnavailable
from starterkit_core.http.answers import SAFE_HEADERS
from starterkit_core.http.client import request_id_of
from starterkit_core.http.exceptions import (
    BadRequestError,
    BodyTooLarge,
    Refused,
    ServerError,
)
from starterkit_core.http.request_line import path_of
from starterkit_core.utils.outages import DATABASE_DOWN, is_new, summary_of

logger = logging.getLogger("starterkit.errors")

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 20
"""Maximum of invalid fields that one answer lists."""

LONGEST_TEXT = 500
"""Maximum length of a text of an answer that may repeat what the client sent."""

RETRY_AFTER = 5
"""``Retry-After`` in seconds after an error of the database."""


INVALID = _("Some fields are not valid.")
FIRST = _("Some fields are not valid. The first {most} are listed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One error, independent of the request it answers."""

    status: int
    code: str
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)

    def body(self, request: HttpRequest) -> dict[str, Any]:
        """Return the members of the document (RFC 9457, section 3)."""
        body = {
            **self.facts,
            "type": type_of(self.code),
            "title": self.code.replace("_", " ").capitalize(),
            "status": int(self.status),  # YAML does not know HTTPStatus
            "detail": _repeatable(self.detail),
            "instance": _encodable(request.path),
            "code": self.code,
            "request_id": request_id_of(request),
        }
        return body | {"errors": self.errors} if self.errors else body

    def all_headers(self, challenge: Callable[[], str]) -> dict[str, str]:
        """Return the headers; a 401 also has a challenge (RFC 9110, 15.5.2)."""
        if self.status != HTTPStatus.UNAUTHORIZED:
            return dict(self.headers)
        return {**self.headers, "WWW-Authenticate": challenge()}


def type_of(code: str) -> str:
    """Return the page that explains ``code``, or ``about:blank`` without DOCS_URL."""
    return f"{conf.DOCS_URL}errors.html#{code}" if conf.DOCS_URL else "about:blank"


def problem_of(exc: Exception) -> Problem:
    """Return the problem for ``exc``; an unexpected exception is a 500."""
    if isinstance(exc, Refused):
        exc = exc.refusal
    if isinstance(exc, (*DATABASE_DOWN, Conflict)):
        exc = ServiceUnavailable(retry_after=RETRY_AFTER)
    if isinstance(exc, DomainError):
        return _refusal(exc)
    if isinstance(exc, InvalidModel):  # by a model of the project, as it was saved
        exc = exceptions.ValidationError(as_serializer_error(exc))
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(exc)
    return _api_exception(_as_api_exception(exc))


def reported(exc: Exception, request: Request) -> Problem:
    """Return the problem for ``exc``, and log it if it is a fault of the server."""
    problem = problem_of(exc)
    is_fault = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if is_fault and not isinstance(exc, Busy):
        _report(exc, request, problem)
    return problem


def plain_answer(problem: Problem, request: HttpRequest) -> JsonResponse:
    """Return ``problem`` as Django's response, for the middleware."""
    return JsonResponse(
        problem.body(request),
        status=problem.status,
        headers={**SAFE_HEADERS, **problem.headers},
        content_type=MEDIA_TYPE,
    )


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer errors of a host's own DRF views as problems; for ``EXCEPTION_HANDLER``.

    Unexpected exceptions are left to Django, as DRF's own handler does.
    """
    set_rollback()
    if problem_of(exc).code == ServerError.default_code:
        return None
    problem = reported(exc, context["request"])
    challenge = getattr(exc, "auth_header", "Bearer")
    return Response(
        problem.body(context["request"]._request),
        status=problem.status,
        headers=problem.all_headers(lambda: challenge),
        content_type=MEDIA_TYPE,
    )


def _as_api_exception(exc: Exception) -> exceptions.APIException:
    if isinstance(exc, exceptions.APIException):
        return exc
    if isinstance(exc, Http404):
        return exceptions.NotFound()
    if isinstance(exc, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(exc, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(exc, (BadRequest, SuspiciousOperation, UnreadablePostError)):
        return BadRequestError()
    return ServerError()


def _refusal(exc: DomainError) -> Problem:
    return Problem(
        status=exc.status,
        code=exc.code,
        detail=str(exc.message),
        headers=exc.headers,
        facts=exc.facts,
    )


def _invalid(exc: exceptions.ValidationError) -> Problem:
    entries = _entries(exc.get_full_details())
    errors = list(islice(entries, MOST_ERRORS))
    listed_all = next(entries, None) is None
    return Problem(
        status=HTTPStatus.BAD_REQUEST,
        code="validation_error",
        detail=str(INVALID if listed_all else FIRST.format(most=MOST_ERRORS)),
        errors=errors,
    )


def _api_exception(exc: exceptions.APIException) -> Problem:
    wait = getattr(exc, "wait", None)
    codes = exc.get_codes()
    return Problem(
        status=_status_of(exc),
        code=codes if isinstance(codes, str) else exc.default_code,
        detail=str(exc.detail) if isinstance(codes, str) else str(exc.default_detail),
        headers={"Retry-After": f"{wait:.0f}"} if wait else {},
    )


def _status_of(exc: exceptions.APIException) -> int:
    """Return the status; 401 also where DRF made it 403.

    DRF does that if the first authenticator has no challenge. Ours always has one.
    """
    if isinstance(exc, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        return HTTPStatus.UNAUTHORIZED
    return exc.status_code


def _entries(details: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Flatten DRF's nested details; ``pointer`` is a JSON pointer (RFC 6901)."""
    if isinstance(details, dict) and details.keys() == {"message", "code"}:
        yield {
            "pointer": _repeatable(pointer),
            "code": details["code"],
            "detail": _repeatable(details["message"]),
        }
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _entries(inner, pointer + _token(name))
    else:
        for index, inner in enumerate(details):
            leaf = not inner or (
                isinstance(inner, dict) and inner.keys() == {"message", "code"}
            )
            yield from _entries(inner, pointer if leaf else f"{pointer}/{index}")


def _token(name: object) -> str:
    if name in {api_settings.NON_FIELD_ERRORS_KEY, NON_FIELD_ERRORS}:
        return ""
    return "/" + str(name).replace("~", "~0").replace("/", "~1")


def _repeatable(text: object) -> str:
    """Return ``text``, which may be what the client sent, as an answer can have it."""
    text = str(text)
    cut = f"{text[:LONGEST_TEXT]}…" if len(text) > LONGEST_TEXT else text
    return _encodable(cut)


def _encodable(text: str) -> str:
    """Return ``text`` with a question mark for each half of a surrogate pair."""
    return text.encode(errors="replace").decode()


def _report(exc: Exception, request: Request, problem: Problem) -> None:
    """Log the exception and send Django's signal, which Sentry listens to.

    An outage makes a line for each request, and one traceback a minute.
    """
    is_outage = problem.status == HTTPStatus.SERVICE_UNAVAILABLE
    logger.error(
        "%s %s failed: %s",
        request.method,
        path_of(request._request),
        summary_of(exc),
        exc_info=None if is_outage and not is_new(exc) else exc,
        extra={"request_id": request_id_of(request._request)},
    )
    got_request_exception.send(sender=Problem, request=request._request)
