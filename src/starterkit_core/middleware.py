"""Middleware of the API: request ids, and errors that no view answered."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, NotFound

from starterkit_core.conf import conf
from starterkit_core.http.client import request_id_of
from starterkit_core.http.exceptions import BadRequestError, ServerError
from starterkit_core.http.problems import Problem, plain_answer, problem_of
from starterkit_core.utils.client import current_request_id

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

UNANSWERED: dict[int, type[APIException]] = {
    400: BadRequestError,
    404: NotFound,
    500: ServerError,
}


class ApiMiddleware:
    """Gives each request an id, and turns errors without a view into problems.

    A client's well-formed ``X-Request-ID`` is kept; every response has the id. An
    error response of a view, such as one of the host's, is not changed.
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
        if problem := self.unanswered(request, response):
            response = plain_answer(problem, request)
        response.headers.setdefault("X-Request-ID", request_id_of(request))
        current_request_id.set("")  # the thread may do other work
        return response

    def unanswered(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> Problem | None:
        """Return the problem if Django refused before it found a view, or None."""
        refusal = UNANSWERED.get(response.status_code)
        if not refusal or request.resolver_match:
            return None
        below_api = request.path_info.startswith(conf.API_PREFIX)
        return problem_of(refusal()) if below_api else None
