"""What a host writes: one line for the API. The rest is the admin and a welcome."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("example_project.demo.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("starterkit_core.urls")),
]
