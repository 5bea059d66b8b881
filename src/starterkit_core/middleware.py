"""Middleware of the API: request ids, and errors that no view answered."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from starterkit_core.http.client import request_id_of
from starterkit_core.http.credentials import hide_credentials
from starterkit_core.http.unanswered import completed
from starterkit_core.utils.client import current_request_id

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


class ApiMiddleware:
    """Gives each request an id, and turns errors without a view into problems.

    A client's well-formed ``X-Request-ID`` is kept; every response has the id. What a
    view answers, such as one of the host's, is not changed, nor are the headers and
    cookies of other middleware. Credentials of the request are hidden from error
    reports.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(
        self, request: HttpRequest
    ) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        request_id_of(request)
        hide_credentials(request)
        response = self.get_response(request)
        if isinstance(response, HttpResponseBase):
            return self.finish(request, response)
        return self._finish_later(request, response)

    async def _finish_later(
        self, request: HttpRequest, response: Awaitable[HttpResponseBase]
    ) -> HttpResponseBase:
        return self.finish(request, await response)

    def finish(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Return the response to send, with the request id."""
        response = completed(request, response)
        response.headers.setdefault("X-Request-ID", request_id_of(request))
        current_request_id.set("")  # the thread may do other work
        return response
