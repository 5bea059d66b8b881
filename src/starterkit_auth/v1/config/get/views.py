from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView

from . import docs
from .serializers import ConfigRepresentation
from .use_case import ReadConfig, ReadConfigInput


class ReadConfigView(EndpointView):
    """GET v1/config/."""

    use_case = ReadConfig
    response_class = ConfigRepresentation
    access = Access.PUBLIC

    @docs.read_config
    def get(self, request: Request) -> Response:
        config = ReadConfig.execute(ReadConfigInput())
        return self.respond(config, headers={"Cache-Control": "public, max-age=300"})

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share one response: it does not depend on credentials."""
        return {"Vary": "Accept"}
