"""Swagger UI and Redoc with every file from this host, and a strict policy for them.

Links are relative, so that the pages work below any path and namespace.
"""

import json
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.plumbing import set_query_parameters
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The ``Content-Security-Policy`` of Swagger UI."""

REDOC_POLICY = (
    POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
    + "; worker-src blob:"
)
"""That of Redoc, which writes style elements and searches in a worker."""


class Page:
    """What both pages share; a page is no part of the document."""

    schema: Any = None
    url: Any = "../schema/"
    policy = POLICY

    def shown(self, template: str, **context: Any) -> Response:
        """Return the page, with the policy that it works under."""
        return Response(
            {"title": spectacular_settings.TITLE, **context},
            template_name=f"starterkit_core/openapi/{template}",
            headers={"Content-Security-Policy": self.policy},
        )


class SwaggerPage(Page, SpectacularSwaggerSplitView):
    """Swagger UI; ``?script`` is the script that starts it."""

    template_name_js = "starterkit_core/openapi/swagger.js"

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the page or its script."""
        if "script" in request.GET:
            script: Response = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]  # theirs
            script.data["guide"] = _("Guide")
            return script
        return self.shown("swagger.html", script=_script_of(request))


class RedocPage(Page, SpectacularRedocView):
    """Redoc; ``?script`` is the script that starts it."""

    policy = REDOC_POLICY

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the page or its script."""
        if "script" not in request.GET:
            return self.shown("redoc.html", script=_script_of(request))
        url = set_query_parameters(
            self.url, lang=request.GET.get("lang"), version=request.GET.get("version")
        )
        settings = spectacular_settings.REDOC_UI_SETTINGS  # a dict, or JavaScript
        text = settings if isinstance(settings, str) else json.dumps(settings)
        return Response(
            {"schema_url": url, "settings": text},
            template_name="starterkit_core/openapi/redoc.js",
            content_type="text/javascript",
        )


def _script_of(request: Request) -> str:
    """Return the URL of the script, with the language and version of the page."""
    query = request.GET.copy()
    query["script"] = ""
    return f"?{query.urlencode()}"
