"""What the pages about one version have in common: their address, who may, the frame.

A page is a class with ``get()`` and, if it changes something, ``post()``. Hosts add
theirs to ``VersionAdmin.pages``. No page has a script or a style of its own.
"""

from functools import partial
from typing import Any, ClassVar

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from starterkit_core.http.client import client_of


class VersionPage:
    """A page about one version; an instance answers one request."""

    name: ClassVar[str]
    """The end of its path, and of the name of its URL."""

    title: ClassVar[str | Promise]
    template: ClassVar[str] = ""
    permission: ClassVar[str] = "view"
    """``model_admin.has_<permission>_permission()`` decides."""

    def __init__(self, model_admin: Any, request: HttpRequest, version: Any) -> None:
        self.model_admin = model_admin
        self.request = request
        self.version = version

    @classmethod
    def route(cls, model_admin: Any) -> URLPattern:
        """Return its URL, below the address of the list of versions."""
        opts = model_admin.opts
        view: Any = model_admin.admin_site.admin_view(partial(cls.answer, model_admin))
        name = f"{opts.app_label}_{opts.model_name}_{cls.name}"
        route: URLPattern = path(f"<path:object_id>/{cls.name}/", view, name=name)
        return route

    @classmethod
    def answer(
        cls, model_admin: Any, request: HttpRequest, object_id: str
    ) -> HttpResponse:
        """Answer a request.

        Raises:
            PermissionDenied: Django's; the user may not, or there is no such version
                and the user may not see those that there are.
            Http404: Django's; there is no such version.
        """
        key = unquote(object_id)
        version = None if "\0" in key else model_admin.get_object(request, key)
        if not cls.is_allowed(model_admin, request, version):
            raise PermissionDenied
        if version is None:
            raise Http404
        request.current_app = model_admin.admin_site.name  # as Django's admin does
        page = cls(model_admin, request, version)
        methods = {"GET": "get", "HEAD": "get", "POST": "post"}
        method = getattr(page, methods.get(str(request.method), ""), None)
        if method is None:
            return HttpResponseNotAllowed(page.methods())
        answer: HttpResponse = method()
        return answer

    @classmethod
    def is_allowed(cls, model_admin: Any, request: HttpRequest, version: Any) -> bool:
        """Return whether the user may open the page of this version."""
        if cls.permission == "publish":
            may_publish = bool(model_admin.has_publish_permission(request))
            return may_publish and model_admin.has_view_permission(request, version)
        if cls.permission == "add":
            may_add = bool(model_admin.has_add_permission(request))
            return may_add and model_admin.has_view_permission(request, version)
        return bool(model_admin.has_view_permission(request, version))

    @classmethod
    def methods(cls) -> list[str]:
        """Return the methods that the page answers."""
        return [name for name in ("GET", "POST") if hasattr(cls, name.lower())]

    def url(self, name: str, version: Any = None) -> str:
        """Return the address of another page of this version, or of ``version``."""
        opts, key = self.model_admin.opts, quote((version or self.version).pk)
        return reverse(
            f"admin:{opts.app_label}_{opts.model_name}_{name}",
            args=[key],
            current_app=self.model_admin.admin_site.name,
        )

    def caller(self) -> dict[str, Any]:
        """Return who acts, and from where, as the use cases take it."""
        return {"actor": self.request.user, "client": client_of(self.request)}

    def redirect(self, name: str, version: Any = None) -> HttpResponse:
        """Lead the browser to a page."""
        return HttpResponseRedirect(self.url(name, version))

    def render(self, **context: Any) -> HttpResponse:
        """Return the page, with the frame of the administration."""
        site = self.model_admin.admin_site
        frame = {
            **site.each_context(self.request),
            "title": self.title,
            "subtitle": str(self.version),
            "opts": self.model_admin.opts,
            "original": self.version,
            "media": self.model_admin.media,
            "page_name": self.name,
            "version_pages": links_of(self.model_admin, self.request, self.version),
        }
        return TemplateResponse(self.request, self.template, {**frame, **context})


def links_of(
    model_admin: Any, request: HttpRequest, version: Any
) -> list[dict[str, Any]]:
    """Return the pages of a version that the user may open, as the frame shows them."""
    return [
        {
            "name": page.name,
            "title": page.title,
            "url": page(model_admin, request, version).url(page.name),
            "is_form": not hasattr(page, "get"),
        }
        for page in model_admin.pages
        if page.is_allowed(model_admin, request, version)
    ]
