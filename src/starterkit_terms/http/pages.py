"""Pages for browsers: to where a user is sent who must accept, and back."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme

from starterkit_core.conf import api_prefixes
from starterkit_core.errors import DomainError
from starterkit_core.http.problems import plain_answer, problem_of
from starterkit_terms.conf import conf

NEXT = "next"
"""The parameter with the path to which the user goes back."""

FILES = frozenset({"django.views.static", "django.contrib.staticfiles.views"})
"""Modules whose views answer files."""


def next_url(request: HttpRequest, default: str = "/") -> str:
    """Return where to send the user after accepting: ``next``, if it is of this site.

    For the view of ``ACCEPT_PAGE``; ``next`` is in the query, or in the form that it
    was put into.
    """
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT) or ""
    return wanted if _is_of_this_site(request, wanted) else default


def answer_to(
    request: HttpRequest, refusal: DomainError, **query: str
) -> HttpResponseBase:
    """Return a redirect to ``ACCEPT_PAGE``, or a problem document for programs."""
    if not conf.ACCEPT_PAGE or wants_json(request):
        return plain_answer(problem_of(refusal), request)
    return _sent_to(resolve_url(conf.ACCEPT_PAGE), request, query)


def wants_json(request: HttpRequest) -> bool:
    """Return whether a program asks, such as a script of a page."""
    if request.path_info.startswith(api_prefixes()):
        return True
    if request.headers.get("Sec-Fetch-Dest") == "empty":  # fetch() and XMLHttpRequest
        return True
    kinds = ["text/html", "application/json", "application/problem+json"]
    return request.get_preferred_type(kinds) not in {None, "text/html"}


def is_open(request: HttpRequest, view: Any) -> bool:
    """Return whether the page stays open to a user who has still to accept.

    Views of DRF have permissions of their own, so they are left to those.
    """
    drawn = getattr(view, "view_class", view)
    return (
        hasattr(view, "cls")
        or not getattr(drawn, "gated", True)
        or not getattr(view, "gated", True)
        or getattr(view, "__module__", "") in FILES
        or _is_named(request)
        or _is_accept_page(request)
    )


def _is_named(request: HttpRequest) -> bool:
    """Return whether ``OPEN_PAGES`` names the URL, or a namespace that it is in."""
    match = request.resolver_match
    if match is None:
        return False
    return not {match.view_name, *match.namespaces}.isdisjoint(conf.OPEN_PAGES)


def _is_accept_page(request: HttpRequest) -> bool:
    if not conf.ACCEPT_PAGE:
        return False
    page = urlsplit(resolve_url(conf.ACCEPT_PAGE))
    if request.path != page.path:
        return False
    return not page.netloc or page.netloc.lower() == request.get_host().lower()


def _sent_to(page: str, request: HttpRequest, query: dict[str, str]) -> HttpResponse:
    safe = request.method in {"GET", "HEAD"}
    here = request.get_full_path()
    if safe and _is_of_this_site(request, here):  # a form cannot be sent again
        query = {**query, NEXT: here}
    mark = "&" if "?" in page else "?"
    target = f"{page}{mark}{urlencode(query)}" if query else page
    answer = HttpResponseRedirect(target)
    answer.status_code = HTTPStatus.FOUND if safe else HTTPStatus.SEE_OTHER
    add_never_cache_headers(answer)
    return answer


def _is_of_this_site(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
