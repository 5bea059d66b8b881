"""Every installed module below one path, beside the OpenAPI document.

A host that wants other paths includes ``<module>.urls`` one by one instead.
"""

from importlib.util import find_spec

from django.urls import include, path
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)

from starterkit_core.apps import modules

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    *(
        path(f"{module.mount}/", include(f"{module.name}.urls"))
        for module in modules()
        if module.mount
    ),
]

if find_spec("drf_spectacular_sidecar"):  # the extra "docs"
    urlpatterns += [
        path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
        path("redoc/", SpectacularRedocView.as_view(url_name="schema"), name="redoc"),
    ]
