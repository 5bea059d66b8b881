"""Every installed module below one path, beside the OpenAPI document.

A host that wants other paths includes ``<module>.urls`` one by one instead.
"""

from importlib.util import find_spec

from django.urls import include, path

from starterkit_core.modules import modules
from starterkit_core.openapi.views import SIDECAR, DocumentView, PageView, page_file

urlpatterns = [
    path("schema/", DocumentView("SpectacularAPIView"), name="schema"),
    *(
        path(f"{module.mount}/", include(f"{module.name}.urls"))
        for module in modules()
        if module.mount
    ),
]

if find_spec(SIDECAR):  # the extra "docs"
    urlpatterns += [
        path("docs/", PageView("SwaggerPage"), name="docs"),
        path("docs/files/<str:name>", page_file),
        path("redoc/", PageView("RedocPage"), name="redoc"),
    ]
