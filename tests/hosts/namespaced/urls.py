from django.urls import include, path
from rest_framework.response import Response
from rest_framework.views import APIView


class OrdersView(APIView):
    """A view of the host, in one version of its API."""

    serializer_class = None

    def get(self, request):
        return Response({"version": request.version})


urlpatterns = [
    path("api/", include(("starterkit_core.urls", "kit"), namespace="v1")),
    path("<slug:version>/kit/", include("starterkit_core.urls")),
    path("orders/", include(([path("", OrdersView.as_view())], "shop"), "v2")),
]
