from rest_framework.permissions import AllowAny

from starterkit_core.endpoints import EndpointView

from . import docs
from .use_case import Fail, FailInput


class FailView(EndpointView):
    """GET v1/failures/<kind>/."""

    use_case = Fail
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @docs.fail
    def get(self, request, kind):
        Fail.execute(FailInput(kind=kind))
        return self.respond()
