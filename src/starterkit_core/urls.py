"""Every installed module below one path, beside the OpenAPI document.

A host that wants other paths includes ``<module>.urls`` one by one instead.
"""

from importlib.util import find_spec

from django.urls import include, path

from starterkit_core.modules import modules
from starterkit_core.openapi.views import DocumentView

SCHEMA = "../schema/"
"""Where the document is, seen from its pages, below any prefix and in any namespace."""

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
            DocumentView("SpectacularSwaggerView", url=SCHEMA),
            name="docs",
        ),
        path(
            "redoc/",
            DocumentView("SpectacularRedocView", url=SCHEMA),
            name="redoc",
        ),
    ]
