"""Answers in place of Django's own pages, for requests that reached no view.

A catch-all URL of the project, such as the one that serves Wagtail's pages, reaches a
view for every path. If that finds no page below the API, no view has answered either.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.encoding import escape_uri_path
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS

from starterkit_core.conf import api_prefixes, debugging
from starterkit_core.errors import MissingSlash
from starterkit_core.http.answers import SAFE_HEADERS
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

    Headers and cookies that other middleware put on it stay. Those of ours are stricter
    than what a project says for its pages.
    """
    if not request.path_info.startswith(api_prefixes()):
        return response
    refused = _of_catch_all if request.resolver_match else _of_django
    refusal = refused(request, response)
    if not refusal:
        return response
    answer = plain_answer(problem_of(refusal), request)
    for name, value in response.headers.items():
        if name.lower() not in OF_THE_CONTENT and name not in SAFE_HEADERS:
            answer.headers[name] = value
    answer.cookies = response.cookies
    return answer


def _of_catch_all(request: HttpRequest, response: HttpResponseBase) -> Exception | None:
    """Return the refusal if a catch-all found no page, or None if a view answered.

    Django asks for the CSRF token of a form before it lets the catch-all look.
    """
    if _is_of_the_api(request.resolver_match) or _wants_page(request):
        return None
    accepted = getattr(request, "csrf_processing_done", False)
    is_unanswered = response.status_code == HTTPStatus.NOT_FOUND or (
        response.status_code == HTTPStatus.FORBIDDEN and not accepted
    )
    return _without_slash(request) if is_unanswered and _is_page(response) else None


def _is_of_the_api(match: ResolverMatch | None) -> bool:
    """Return whether there is a URL, and it was written below a prefix.

    That of a catch-all was not.
    """
    if match is None:
        return False
    route = (match.route or "").removeprefix("^")
    return f"/{route}".startswith(api_prefixes())


def _of_django(request: HttpRequest, response: HttpResponseBase) -> Exception | None:
    """Return what ``response`` says as an exception, or None if it is to stay."""
    if _is_redirect_to(f"{request.path}/", response):
        return None if request.method in SAFE_METHODS else _without_slash(request)
    status = response.status_code
    if status not in REFUSALS or not _is_page(response):
        return None
    if status == HTTPStatus.NOT_FOUND and _lacks_slash(request):
        return _without_slash(request)
    if _wants_page(request):
        return None
    if status == ServerError.status_code and _raised_for_slash(request):
        return _without_slash(request)
    return REFUSALS[status]()


def _is_redirect_to(path: str, response: HttpResponseBase) -> bool:
    """Return whether ``response`` is a redirect that loses the method and the body."""
    moved = response.status_code in {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND}
    target = urlsplit(response.headers.get("Location", "")).path
    return moved and target == escape_uri_path(path)


def _is_page(response: HttpResponseBase) -> bool:
    media_type = response.headers.get("Content-Type", "")
    return media_type.startswith(PAGES)


def _wants_page(request: HttpRequest) -> bool:
    """Return whether a developer looks at it in a browser."""
    return debugging() and "text/html" in request.META.get("HTTP_ACCEPT", "")


def _raised_for_slash(request: HttpRequest) -> bool:
    """Return whether ``CommonMiddleware`` raised an error because of the slash.

    It does so in debug mode, for methods whose body a redirect would lose.
    """
    if not debugging() or request.method in SAFE_METHODS:
        return False
    return _match_with_slash(request) is not None


def _without_slash(request: HttpRequest) -> Exception:
    """Return what to say of a path for which Django would add a slash."""
    if _lacks_slash(request):
        return MissingSlash(path=f"{request.path}/")
    return NotFound()


def _lacks_slash(request: HttpRequest) -> bool:
    """Return whether there is a view of the API for the path with a slash added."""
    return _is_of_the_api(_match_with_slash(request))


def _match_with_slash(request: HttpRequest) -> ResolverMatch | None:
    path, urlconf = request.path_info, getattr(request, "urlconf", None)
    if path.endswith("/"):
        return None
    try:
        return resolve(f"{path}/", urlconf)
    except Resolver404:
        return None
