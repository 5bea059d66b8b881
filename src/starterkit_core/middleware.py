"""Middleware of the API: request ids, and errors that no view answered."""

from collections.abc import Awaitable, Callable
from time import perf_counter

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from starterkit_core.health.shortcut import probes_first
from starterkit_core.http.client import context_of, request_id_of, user_of
from starterkit_core.http.credentials import hide_credentials
from starterkit_core.http.heads import refusal_of_head
from starterkit_core.http.preconditions import keep_strong
from starterkit_core.http.problems import plain_answer, problem_of
from starterkit_core.http.request_line import log_request
from starterkit_core.http.streams import keep_context
from starterkit_core.http.unanswered import completed
from starterkit_core.observability import sentry
from starterkit_core.observability.context import Context, current, entered, note_on
from starterkit_core.ports import impersonation, presence

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class ApiMiddleware:
    """Gives each request an id, and turns errors without a view into problems.

    To the API, a URL or headers that are too large are refused first of all.

    A client's well-formed ``X-Request-ID`` is kept; every response has the id. What a
    view answers, such as one of the host's, is not changed, nor are the headers and
    cookies of other middleware. Credentials of the request are hidden from error
    reports. Log lines, audit events and tasks of the request have its id, its trace
    and its user. Core's ``/livez`` and ``/readyz`` are answered before the others. When
    the view and its transaction are done, the port ``presence`` is told of the user.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = probes_first(get_response)
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        started = perf_counter()
        hide_credentials(request)
        context = context_of(request)
        sentry.tag_request(context.request_id)
        sentry.hide_path(request)
        with entered(context):
            response = self._refused(request) or self.get_response(request)
            if isinstance(response, HttpResponseBase):
                if keep := presence.due(user_of(request)):
                    keep()
                return self.finish(request, response, started)
        return self._finish_later(request, response, started, context)

    def _refused(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase] | None:
        """Return the answer to what no view should read, or None."""
        refusal = refusal_of_head(request)
        if refusal is None:
            return None
        answer = plain_answer(problem_of(refusal), request)
        return _soon(answer) if iscoroutinefunction(self) else answer

    async def _finish_later(
        self,
        request: HttpRequest,
        response: Awaitable[HttpResponseBase],
        started: float,
        context: Context,
    ) -> HttpResponseBase:
        with entered(context):
            answer = await response
            if keep := presence.due(user_of(request)):
                await sync_to_async(keep)()
            return self.finish(request, answer, started)

    def finish(
        self, request: HttpRequest, response: HttpResponseBase, started: float
    ) -> HttpResponseBase:
        """Return the response to send, with the request id, and log the request."""
        response = completed(request, response)
        response.headers.setdefault("X-Request-ID", request_id_of(request))
        if impersonator := current().impersonator_id:
            response.headers[impersonation.HEADER] = impersonator
        keep_strong(response)
        keep_context(response)
        note_on(request)
        log_request(request, response, perf_counter() - started)
        return response


async def _soon(response: HttpResponseBase) -> HttpResponseBase:
    return response
