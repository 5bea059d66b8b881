"""Answers in place of Django's own pages, for requests that reached no view."""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import is_valid_path
from django.utils.encoding import escape_uri_path
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS

from starterkit_core.conf import api_prefixes, debugging
from starterkit_core.errors import MissingSlash
from starterkit_core.http.exceptions import BadRequestError, ServerError
from starterkit_core.http.problems import plain_answer, problem_of

REFUSALS: Mapping[int, type[APIException]] = {
    400: BadRequestError,
    404: NotFound,
    500: ServerError,
}

PAGES = ("text/html", "text/plain")
"""Media types of Django's own pages; another one is the answer of some middleware."""

OF_THE_CONTENT = {
    "content-disposition",
    "content-encoding",
    "content-length",
    "content-type",
    "etag",
    "last-modified",
    "location",
}
"""Headers that say something about the content, which is replaced."""


def completed(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return ``response``, or a problem in place of a page of Django's own.

    Headers and cookies that other middleware put on it stay.
    """
    if request.resolver_match or not request.path_info.startswith(api_prefixes()):
        return response
    refusal = _refusal(request, response)
    if not refusal:
        return response
    answer = plain_answer(problem_of(refusal), request)
    for name, value in response.headers.items():
        if name.lower() not in OF_THE_CONTENT:
            answer.headers[name] = value
    answer.cookies = response.cookies
    return answer


def _refusal(request: HttpRequest, response: HttpResponseBase) -> Exception | None:
    """Return what ``response`` says as an exception, or None if it is to stay."""
    path = f"{request.path}/"
    if _is_redirect_to(path, response):
        is_safe = request.method in SAFE_METHODS
        return None if is_safe else MissingSlash(path=path)
    if not _is_page(response):
        return None
    status = response.status_code
    if status == HTTPStatus.NOT_FOUND and _lacks_slash(request):
        return MissingSlash(path=path)
    if _wants_page(request):
        return None
    if status == ServerError.status_code and _raised_for_slash(request):
        return MissingSlash(path=path)
    return REFUSALS[status]()


def _is_redirect_to(path: str, response: HttpResponseBase) -> bool:
    """Return whether ``response`` is a redirect that loses the method and the body."""
    moved = response.status_code in {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND}
    target = urlsplit(response.headers.get("Location", "")).path
    return moved and target == escape_uri_path(path)


def _is_page(response: HttpResponseBase) -> bool:
    media_type = response.headers.get("Content-Type", "")
    return response.status_code in REFUSALS and media_type.startswith(PAGES)


def _wants_page(request: HttpRequest) -> bool:
    """Return whether a developer looks at it in a browser."""
    return debugging() and "text/html" in request.META.get("HTTP_ACCEPT", "")


def _raised_for_slash(request: HttpRequest) -> bool:
    """Return whether ``CommonMiddleware`` raised an error because of the slash.

    It does so in debug mode, for methods whose body a redirect would lose.
    """
    return debugging() and request.method not in SAFE_METHODS and _lacks_slash(request)


def _lacks_slash(request: HttpRequest) -> bool:
    """Return whether there is a view for the path with a slash at its end."""
    path, urlconf = request.path_info, getattr(request, "urlconf", None)
    return not path.endswith("/") and bool(is_valid_path(f"{path}/", urlconf))
