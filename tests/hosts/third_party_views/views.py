"""Views as packages bring them: of Wagtail's explorer, and with no word on access."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from starterkit_core.permissions import PassesAccessGates


class ExplorerView(APIView):
    """It names its authenticator, and leaves the permissions to the project."""

    authentication_classes = [SessionAuthentication]

    def get(self, request):
        return Response({"pages": []})


class OrdersView(APIView):
    """A view of the host, which leaves everything to the project."""

    def get(self, request):
        return Response({"orders": []})


class InvoicesView(ExplorerView):
    """A view of the host that asks for the gates."""

    permission_classes = [IsAuthenticated, PassesAccessGates]
