from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ReverseEmailChangeRequest
from .use_case import ReverseEmailChange, ReverseEmailChangeInput


class ReverseEmailChangeView(EndpointView):
    """POST v1/email/change/reversal/."""

    use_case = ReverseEmailChange
    request_class = ReverseEmailChangeRequest
    success_status = HTTPStatus.NO_CONTENT
    access = Access.PUBLIC

    @docs.reverse_email_change
    def post(self, request: Request) -> Response:
        given = self.validate()
        ReverseEmailChange.execute(
            ReverseEmailChangeInput(
                token=given["token"], client=self.client, extra=self.extra
            )
        )
        return self.respond()
