from django.http import HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def own(request, name=""):
    return HttpResponse(request.method)


urlpatterns = [
    path("api/own/", own),
    path("api/own/<str:name>/", own),
    path("api/", include("starterkit_core.urls")),
    path("page/", own),
]
