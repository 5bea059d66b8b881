"""The OpenAPI document, its pages, and the files that the pages are made of."""

import re
from functools import cached_property, partial
from importlib import import_module
from importlib.resources import files
from time import monotonic
from typing import Any, ClassVar

from django.core.signals import setting_changed
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, get_supported_language_variant
from rest_framework.exceptions import AuthenticationFailed, NotAcceptable, NotFound
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.settings import api_settings

from starterkit_core.http.answers import SAFE_HEADERS
from starterkit_core.http.exceptions import Refused
from starterkit_core.http.problems import plain_answer, problem_of

SIDECAR = "drf_spectacular_sidecar"
"""The package with Swagger UI and Redoc; it need not be in ``INSTALLED_APPS``."""

FILES = {
    "swagger-ui.css": ("swagger-ui-dist", "text/css"),
    "swagger-ui-bundle.js": ("swagger-ui-dist", "text/javascript"),
    "favicon-32x32.png": ("swagger-ui-dist", "image/png"),
    "redoc.standalone.js": ("redoc/bundles", "text/javascript"),
}
"""The folder and media type of each file that a page loads."""

OURS = {"starterkit.css": ("swagger.css", "text/css")}
"""The file beside this one, and the media type, of what is ours."""

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


class BuiltOnce(OpenToAll):
    """Builds the document for everybody once a minute, which takes a tenth of a second.

    What a user sees who is signed in may depend on the user, and is built each time.
    """

    FRESH = 60.0
    """Seconds for which a document is answered again."""

    MOST = 16
    """How many documents are kept."""

    kept: ClassVar[dict[tuple[Any, ...], tuple[float, bytes, dict[str, str]]]] = {}
    """Each with the time at which it was built, and its headers."""

    def _get_schema_response(self, request: Request) -> HttpResponseBase:
        """Return the document that is kept, or a new one."""
        if getattr(request.user, "is_authenticated", False):
            return self._built(request)  # type: ignore[no-any-return]  # theirs
        key = (
            request.build_absolute_uri(request.path),
            request.version or request.query_params.get("version"),
            get_language(),
            type(request.accepted_renderer),
        )
        since, content, headers = self.kept.get(key, (-self.FRESH, b"", {}))
        if monotonic() - since < self.FRESH:
            return HttpResponse(content, headers=headers)
        response = self._built(request)
        response.add_post_render_callback(partial(self._keep, key))
        return response  # type: ignore[no-any-return]  # theirs

    def _built(self, request: Request) -> Any:
        return super()._get_schema_response(request)  # type: ignore[misc]  # theirs

    @classmethod
    def _keep(cls, key: tuple[Any, ...], response: HttpResponse) -> None:
        if len(cls.kept) >= cls.MOST:
            cls.kept.clear()
        names = ("Content-Type", "Content-Disposition")
        headers = {name: response.headers[name] for name in names}
        cls.kept[key] = (monotonic(), response.content, headers)


def forget_documents(**kwargs: Any) -> None:
    """Build the document anew, as another setting may be part of it."""
    BuiltOnce.kept.clear()


setting_changed.connect(
    forget_documents, dispatch_uid="starterkit_core.forget_documents"
)


class DocumentView:
    """A view of drf-spectacular, imported at the first request."""

    csrf_exempt = True  # like every view of DRF
    login_required = False

    methods = ("get", "head")
    """Without OPTIONS, which DRF adds but drf-spectacular's pages cannot answer."""

    module: ClassVar[str] = "drf_spectacular.views"
    """Where the class is."""

    ours: ClassVar[type] = BuiltOnce
    """What it does our way."""

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
        return type(self.name, (self.ours, view), {"__module__": __name__})

    def __call__(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """Answer as the class does, which trusts what it reads in the query."""
        request.GET = _known(request.GET)  # type: ignore[assignment]  # as Django does
        view = self.cls.as_view(http_method_names=self.methods, **self.initkwargs)
        return _safe(view(request, *args, **kwargs))


class PageView(DocumentView):
    """A page of ours that shows the document."""

    module = "starterkit_core.openapi.pages"
    ours = OpenToAll


def _safe(answer: HttpResponseBase) -> HttpResponseBase:
    """Return ``answer`` with the headers of endpoints, as it may show a user's part."""
    for name, value in SAFE_HEADERS.items():
        answer.headers.setdefault(name, value)
    patch_vary_headers(answer, ("Authorization", "Cookie"))
    return answer


def _known(query: QueryDict) -> QueryDict:
    """Return the query without a language that is not offered, or an odd version.

    Nor with any version if the project has none, because each has its own document.
    Django keeps the catalogue of each language that was ever activated.
    """
    known = query.copy()
    if not _is_offered(str(query.get("lang"))):
        known.pop("lang", None)
    if not _may_be_version(str(query.get("version"))):
        known.pop("version", None)
    return known


def _may_be_version(text: str) -> bool:
    if not (api_settings.ALLOWED_VERSIONS or api_settings.DEFAULT_VERSIONING_CLASS):
        return False
    return bool(VERSION.fullmatch(text))


def _is_offered(language: str) -> bool:
    try:
        return bool(get_supported_language_variant(language))
    except LookupError:
        return False


def page_file(request: HttpRequest, name: str) -> HttpResponse:
    """Return a file of a page from the installed package, or one of ours.

    So the pages need neither static files nor another host.
    """
    if name in OURS:
        file, media_type = OURS[name]
        content = (files("starterkit_core.openapi") / file).read_bytes()
    elif name in FILES:
        folder, media_type = FILES[name]
        content = (files(SIDECAR) / "static" / SIDECAR / folder / name).read_bytes()
    else:
        return plain_answer(problem_of(NotFound()), request)
    return HttpResponse(
        content.replace(FOREIGN_LOGO, b"data:,"),
        content_type=media_type,
        headers={**SAFE_HEADERS, "Cache-Control": "public, max-age=3600"},
    )


vars(page_file).update(login_required=False)  # LoginRequiredMiddleware looks at it
