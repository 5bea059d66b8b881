"""The pages of the OpenAPI document."""

from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase


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

    @property
    def cls(self) -> Any:
        """The class, by which drf-spectacular knows what to document."""
        return getattr(import_module("drf_spectacular.views"), self.name)

    def __call__(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer as the class does."""
        view = self.cls.as_view(http_method_names=self.methods, **self.initkwargs)
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer
