"""Views of every kind that a project may have."""

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from rest_framework import parsers, permissions, serializers, throttling, viewsets
from rest_framework.authentication import BasicAuthentication
from rest_framework.decorators import api_view, authentication_classes
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler


def handled(exc, context):
    """Answer errors as this project does."""
    response = exception_handler(exc, context)
    if response is not None:
        response.data = {"error": response.data, "status": response.status_code}
    return response


class UserSerializer(serializers.ModelSerializer):
    class Meta:
        model = get_user_model()
        fields = ["id", "username"]


class UserViewSet(viewsets.ModelViewSet):
    """It takes every default of the project."""

    queryset = get_user_model().objects.order_by("pk")
    serializer_class = UserSerializer


class WhoView(APIView):
    permission_classes = (permissions.IsAuthenticated,)

    def get(self, request):
        return Response({"user": request.user.pk, "auth": type(request.auth).__name__})

    def post(self, request):
        return Response({"user": request.user.pk, "data": request.data})


class AnonymousView(APIView):
    permission_classes = ()

    def get(self, request):
        return Response({"user": str(request.user)})


class StaffView(WhoView):
    permission_classes = (permissions.IsAdminUser,)


class UploadView(APIView):
    parser_classes = (parsers.MultiPartParser, parsers.FormParser)

    def post(self, request):
        return Response({name: str(request.data[name]) for name in request.data})


class ThrottledView(AnonymousView):
    throttle_classes = (throttling.AnonRateThrottle,)


class BrokenView(AnonymousView):
    def get(self, request):
        raise serializers.ValidationError({"field": ["It is broken."]})


@api_view(["GET"])
@authentication_classes([BasicAuthentication])
def basic(request):
    return Response({"user": str(request.user)})


def page(request):
    """A view that knows no DRF."""
    return HttpResponse(f"<p>{request.user}</p>")
