"""The pages of the OpenAPI document."""

from functools import cached_property
from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import AuthenticationFailed, NotAcceptable, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request


class OpenToAll:
    """Asks for neither a version of the project's API nor a credential that works.

    What the project does ask for, ``SERVE_PERMISSIONS``, is asked afterwards.
    """

    content_negotiation_class = DefaultContentNegotiation

    def determine_version(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """Return the version of the request; none if it has none that is allowed."""
        try:
            return super().determine_version(request, *args, **kwargs)  # type: ignore[misc]  # DRF's view
        except (NotAcceptable, NotFound):
            return None, None

    def perform_authentication(self, request: Request) -> None:
        """Find out who calls; a dead credential is like none."""
        try:
            super().perform_authentication(request)  # type: ignore[misc]  # DRF's view
        except AuthenticationFailed:
            return


class DocumentView:
    """A view of drf-spectacular, imported at the first request."""

    csrf_exempt = True  # like every view of DRF
    login_required = False

    methods = ("get", "head")
    """Without OPTIONS, which DRF adds but drf-spectacular's pages cannot answer."""

    def __init__(self, name: str, **initkwargs: Any) -> None:
        self.name = name
        self.initkwargs = initkwargs
        # By these, monitors of performance tell views apart.
        self.__module__ = "drf_spectacular.views"
        self.__name__ = self.__qualname__ = name

    @cached_property
    def cls(self) -> Any:
        """The class, by which drf-spectacular knows what to document."""
        view = getattr(import_module("drf_spectacular.views"), self.name)
        return type(self.name, (OpenToAll, view), {"__module__": __name__})

    def __call__(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer as the class does."""
        view = self.cls.as_view(http_method_names=self.methods, **self.initkwargs)
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer
