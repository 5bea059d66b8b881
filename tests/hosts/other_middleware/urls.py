from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("api/own/", lambda request: HttpResponse("own"), name="own"),
    path("api/", include("starterkit_core.urls")),
]
