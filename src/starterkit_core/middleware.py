"""What belongs around every request of the API."""

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException, NotFound

from starterkit_core.conf import conf
from starterkit_core.http.client import request_id_of
from starterkit_core.http.exceptions import BadRequestError, ServerError
from starterkit_core.http.problems import Problem, plain_answer, problem_of

GetResponse = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]

UNANSWERED: dict[int, type[APIException]] = {
    400: BadRequestError,
    404: NotFound,
    500: ServerError,
}


class ApiMiddleware:
    """Gives each request an id, and answers in problem documents where no view did.

    A caller's well-formed ``X-Request-ID`` is kept; the id is echoed in the answer. An
    error that a view of the host answered is left as it is.
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
        """Return the answer that goes out."""
        if problem := self.unanswered(request, response):
            response = plain_answer(problem, request)
        response.headers.setdefault("X-Request-ID", request_id_of(request))
        return response

    def unanswered(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> Problem | None:
        """Return the problem, when Django refused before any view was found."""
        refusal = UNANSWERED.get(response.status_code)
        if not refusal or request.resolver_match:
            return None
        below_api = request.path_info.startswith(conf.API_PREFIX)
        return problem_of(refusal()) if below_api else None
