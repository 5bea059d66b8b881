from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .use_case import Fail, FailInput


class FailView(EndpointView):
    """GET v1/failures/<kind>/."""

    use_case = Fail
    access = Access.PUBLIC

    @docs.fail
    def get(self, request, kind):
        Fail.execute(FailInput(kind=kind))
        return self.respond()
