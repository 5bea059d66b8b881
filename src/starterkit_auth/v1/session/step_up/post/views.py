from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_auth.errors import SessionRequired
from starterkit_auth.http.opening import own_session, respond_with_session
from starterkit_auth.v1.serializers import OpenedSessionRepresentation
from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import StepUpSessionRequest
from .use_case import StepUpSession, StepUpSessionInput


class StepUpSessionView(EndpointView):
    """POST v1/session/step-up/."""

    use_case = StepUpSession
    request_class = StepUpSessionRequest
    response_class = OpenedSessionRepresentation
    access = Access.SIGNED_IN
    raises = (SessionRequired,)

    @docs.step_up_session
    def post(self, request: Request) -> Response:
        given = self.validate()
        opened = StepUpSession.execute(
            StepUpSessionInput(
                session=own_session(self),
                password=given["password"],
                client=self.client,
                extra=self.extra,
            )
        )
        return respond_with_session(self, opened)
