from django.http import Http404, HttpResponse
from django.urls import include, path, re_path

PAGES = {"about/", "api/about/"}


def page(request, path):
    if path not in PAGES:
        raise Http404
    return HttpResponse(path)


urlpatterns = [
    path("api/own/", page, {"path": "own"}),
    path("api/", include("starterkit_core.urls")),
    re_path(r"^((?:[\w\-]+/)*)$", page),
]
