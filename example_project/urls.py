"""What a host writes: a line for the API and one for probes. The rest is the demo."""

from django.conf import settings  # noqa: TID251  # Django's, as its manual shows
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("example_project.demo.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("starterkit_core.urls")),
    path("", include("starterkit_core.health.urls")),
    # Nothing with DEBUG=off.
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]
