from http import HTTPStatus

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import EndpointView
from starterkit_core.ports import impersonation
from starterkit_users.services import user_rows

from . import docs
from .serializers import ImpersonationRepresentation, StartImpersonationRequest
from .use_case import StartImpersonation, StartImpersonationInput


class StartImpersonationView(EndpointView):
    """POST v1/users/<user_id>/impersonation/."""

    use_case = StartImpersonation
    request_class = StartImpersonationRequest
    response_class = ImpersonationRepresentation
    success_status = HTTPStatus.CREATED
    permission = user_rows.permission("impersonate")
    recent_proof = True

    @classmethod
    def is_available(cls) -> bool:
        """Return whether a module has sessions."""
        return impersonation.available()

    @docs.start_impersonation
    def post(self, request: Request, user_id: str) -> Response:
        given = self.validate()
        begun = StartImpersonation.execute(
            StartImpersonationInput(
                **given,
                user_id=user_id,
                actor=self.user,
                by=request.auth,
                client=self.client,
                extra=self.extra,
            )
        )
        return self.respond(begun)
