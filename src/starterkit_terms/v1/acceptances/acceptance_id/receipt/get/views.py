from uuid import UUID

from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.http.authentication import with_named

from . import docs
from .serializers import ReceiptRepresentation
from .use_case import ReadReceipt, ReadReceiptInput


class ReadReceiptView(EndpointView):
    """GET v1/acceptances/<acceptance_id>/receipt/."""

    use_case = ReadReceipt
    response_class = ReceiptRepresentation
    access = Access.SIGNED_IN

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return the project's, and those that the host names for accepting."""
        return with_named(super().get_authenticators())

    @docs.read_receipt
    def get(self, request: Request, acceptance_id: UUID) -> Response:
        receipt = ReadReceipt.execute(
            ReadReceiptInput(user=self.user, acceptance_id=acceptance_id)
        )
        return self.respond(receipt)
