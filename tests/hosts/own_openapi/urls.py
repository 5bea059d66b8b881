from django.urls import include, path
from rest_framework import serializers
from rest_framework.generics import CreateAPIView

from starterkit_auth.authentication import SessionAuthentication


class OrderStatusSerializer(serializers.Serializer):
    """A component with the name that an enum of ``Order.status`` would get."""

    since = serializers.DateTimeField()


class OrderSerializer(serializers.Serializer):
    status = serializers.ChoiceField(["new", "sent"])
    history = OrderStatusSerializer(many=True)


class ProblemSerializer(serializers.Serializer):
    """What a buyer complains about."""

    parcel = serializers.IntegerField()


class StaffAuthentication(SessionAuthentication):
    """Ours, with a rule of the host's own."""


class OrderView(CreateAPIView):
    authentication_classes = (StaffAuthentication,)
    serializer_class = OrderSerializer


class ProblemView(CreateAPIView):
    serializer_class = ProblemSerializer


urlpatterns = [
    path("api/", include("starterkit_core.urls")),
    path("api/a-complaint/", ProblemView.as_view()),
    path("api/order/", OrderView.as_view()),
    path("api/z-complaint/", ProblemView.as_view()),
]
