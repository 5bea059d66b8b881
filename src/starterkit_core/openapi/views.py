"""The OpenAPI document, its pages, and the files that the pages are made of."""

import re
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import get_supported_language_variant
from rest_framework.exceptions import AuthenticationFailed, NotAcceptable, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request

from starterkit_core.http.exceptions import Refused

SIDECAR = "drf_spectacular_sidecar"
"""The package with Swagger UI and Redoc; it need not be in ``INSTALLED_APPS``."""

FILES = {
    "swagger-ui.css": ("swagger-ui-dist", "text/css"),
    "swagger-ui-bundle.js": ("swagger-ui-dist", "text/javascript"),
    "favicon-32x32.png": ("swagger-ui-dist", "image/png"),
    "redoc.standalone.js": ("redoc/bundles", "text/javascript"),
}
"""The folder and media type of each file that a page loads."""

FOREIGN_LOGO = b"https://cdn.redoc.ly/redoc/logo-mini.svg"
"""What Redoc would load from another host; it shows its text alone without it."""


VERSION = re.compile(r"[A-Za-z0-9._-]{1,40}")
"""A version of the project's API that may be asked for; a header repeats it."""


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
        """Find out who calls; a dead credential is like none, and so are two."""
        try:
            super().perform_authentication(request)  # type: ignore[misc]  # DRF's view
        except (AuthenticationFailed, Refused):
            return


class DocumentView:
    """A view of drf-spectacular, imported at the first request."""

    csrf_exempt = True  # like every view of DRF
    login_required = False

    methods = ("get", "head")
    """Without OPTIONS, which DRF adds but drf-spectacular's pages cannot answer."""

    module: ClassVar[str] = "drf_spectacular.views"
    """Where the class is."""

    def __init__(self, name: str, **initkwargs: Any) -> None:
        self.name = name
        self.initkwargs = initkwargs
        # By these, monitors of performance tell views apart.
        self.__module__ = self.module
        self.__name__ = self.__qualname__ = name

    @cached_property
    def cls(self) -> Any:
        """The class, by which drf-spectacular knows what to document."""
        view = getattr(import_module(self.module), self.name)
        return type(self.name, (OpenToAll, view), {"__module__": __name__})

    def __call__(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer as the class does, which trusts what it reads in the query."""
        request.GET = _known(request.GET)  # type: ignore[assignment]  # as Django does
        view = self.cls.as_view(http_method_names=self.methods, **self.initkwargs)
        answer: HttpResponseBase = view(request, *args, **kwargs)
        return answer


class PageView(DocumentView):
    """A page of ours that shows the document."""

    module = "starterkit_core.openapi.pages"


def _known(query: QueryDict) -> QueryDict:
    """Return the query without a language that is not offered, or an odd version.

    Django keeps the catalogue of each language that was ever activated.
    """
    known = query.copy()
    if "lang" in known and not _is_offered(known["lang"]):
        del known["lang"]
    if "version" in known and not VERSION.fullmatch(known["version"]):
        del known["version"]
    return known


def _is_offered(language: str) -> bool:
    try:
        return bool(get_supported_language_variant(language))
    except LookupError:
        return False


def page_file(request: HttpRequest, name: str) -> HttpResponse:
    """Return a file of a page from the installed package.

    So the pages need neither static files nor another host.
    """
    if name not in FILES:
        raise Http404
    folder, media_type = FILES[name]
    content = (files(SIDECAR) / "static" / SIDECAR / folder / name).read_bytes()
    return HttpResponse(
        content.replace(FOREIGN_LOGO, b"data:,"),
        content_type=media_type,
        headers={"Cache-Control": "public, max-age=3600"},
    )


vars(page_file).update(login_required=False)  # LoginRequiredMiddleware looks at it
