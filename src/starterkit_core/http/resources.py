"""One URL: the endpoints of its methods, and the answer to every other method."""

from collections.abc import Callable, Iterator, Mapping
from functools import update_wrapper
from http import HTTPStatus
from posixpath import commonpath
from typing import Any, ClassVar

from django.db import connections, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView


class ResourceView(EndpointView):
    """The view that drf-spectacular documents for a URL; answers OPTIONS and 405."""

    endpoints: ClassVar[Mapping[str, type[EndpointView]]] = {}

    access = Access.PUBLIC

    @property
    def allowed_methods(self) -> list[str]:
        """The methods that the endpoints of this URL serve."""
        return [method.upper() for method in self.endpoints]

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Return the methods of this URL in ``Allow``."""
        allow = ", ".join([*self.allowed_methods, "OPTIONS"])
        return Response(status=HTTPStatus.NO_CONTENT, headers={"Allow": allow})

    def http_method_not_allowed(
        self, request: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Refuse, with the methods of this URL in ``Allow`` (RFC 9110, 15.5.6)."""
        refusal = self.handle_exception(MethodNotAllowed(str(request.method)))
        refusal.headers["Allow"] = ", ".join([*self.allowed_methods, "OPTIONS"])
        return refusal


def resource(**endpoints: type[EndpointView]) -> Callable[..., HttpResponseBase]:
    """Return the view of one URL; each keyword is an HTTP method and its endpoint.

    Endpoints that this project lacks are left out, see ``available()``.

    >>> path("profile/", resource(get=ReadProfileView, patch=UpdateProfileView))
    """
    absent = {name for name, view in endpoints.items() if not view.is_available()}
    if len(absent) < len(endpoints):
        endpoints = {name: endpoints[name] for name in endpoints if name not in absent}
    reader = endpoints.get("get")
    views = {
        method.upper(): view.as_view(reader=reader)
        for method, view in endpoints.items()
    }
    views |= {"HEAD": views["GET"]} if "GET" in views else {}
    documented = _resource_view(endpoints)
    refuse = documented.as_view()

    def serve(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return views.get(str(request.method), refuse)(request, *args, **kwargs)

    _become(serve, refuse, documented)
    # Django's redirect would lose the body; without the slash, the answer says so.
    vars(serve)["should_append_slash"] = False
    for alias in connections:
        # A refusal must not undo what has to survive it, such as a counted failure.
        transaction.non_atomic_requests(alias)(serve)
    return serve


def available(*patterns: URLPattern) -> list[URLPattern]:
    """Return the patterns of which at least one endpoint is available here.

    >>> urlpatterns = available(path("avatar/", resource(put=SaveAvatarView)))
    """
    return [it for it in patterns if any(_is_available(it))]


def _is_available(pattern: URLPattern) -> Iterator[bool]:
    endpoints: Mapping[str, type[EndpointView]] = vars(pattern.callback)[
        "cls"
    ].endpoints
    return (view.is_available() for view in endpoints.values())


def _become(
    serve: Callable[..., Any], view: Callable[..., Any], cls: type[ResourceView]
) -> None:
    """Give ``serve`` the name and the attributes that middleware and tools read."""
    update_wrapper(serve, view)
    del serve.__wrapped__  # type: ignore[attr-defined]  # tools would skip our methods
    serve.__name__, serve.__qualname__ = cls.__name__, cls.__qualname__


def _resource_view(endpoints: Mapping[str, type[EndpointView]]) -> type[ResourceView]:
    """Return a view class that has every method of the URL.

    It is called like its endpoints and is in their folder, because monitors group
    requests by module and name of the view.
    """
    handlers = {method: getattr(view, method) for method, view in endpoints.items()}
    views = list(endpoints.values())
    folder = commonpath([view.__module__.replace(".", "/") for view in views])
    about = {
        "__module__": folder.replace("/", ".") or views[0].__module__,
        "__doc__": "\n".join(view.__doc__ or view.__qualname__ for view in views),
    }
    name = "_".join(view.__name__ for view in views)
    return type(name, (ResourceView,), {"endpoints": endpoints, **about, **handlers})
