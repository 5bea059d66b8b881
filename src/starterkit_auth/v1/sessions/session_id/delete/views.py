from http import HTTPStatus
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .use_case import EndSession, EndSessionInput


class EndSessionView(EndpointView):
    """DELETE v1/sessions/<session_id>/."""

    use_case = EndSession
    success_status = HTTPStatus.NO_CONTENT
    access = Access.SIGNED_IN

    @docs.end_session
    def delete(self, request: Request, session_id: UUID) -> Response:
        EndSession.execute(
            EndSessionInput(user=self.user, session_id=session_id, client=self.client)
        )
        return self.respond()
