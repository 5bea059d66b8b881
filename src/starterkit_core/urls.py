"""Every installed module below one path, beside the OpenAPI document.

A host that wants other paths includes ``<module>.urls`` one by one instead.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path

from starterkit_core.apps import modules


class DocumentView:
    """A view of drf-spectacular, which is imported when somebody asks for it."""

    csrf_exempt = True  # like every view of DRF
    login_required = False

    methods = ("get", "head")
    """To OPTIONS, which DRF adds, a page of drf-spectacular has no answer."""

    def __init__(self, name: str, **initkwargs: Any) -> None:
        self.name = name
        self.initkwargs = initkwargs

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


urlpatterns = [
    path("schema/", DocumentView("SpectacularAPIView"), name="schema"),
    *(
        path(f"{module.mount}/", include(f"{module.name}.urls"))
        for module in modules()
        if module.mount
    ),
]

if find_spec("drf_spectacular_sidecar"):  # the extra "docs"
    urlpatterns += [
        path(
            "docs/",
            DocumentView("SpectacularSwaggerView", url_name="schema"),
            name="docs",
        ),
        path(
            "redoc/",
            DocumentView("SpectacularRedocView", url_name="schema"),
            name="redoc",
        ),
    ]
