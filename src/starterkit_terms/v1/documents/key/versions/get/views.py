from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.conf import conf
from starterkit_terms.http import caching

from . import docs
from .serializers import VersionsRepresentation
from .use_case import ListVersions, ListVersionsInput


class ListVersionsView(EndpointView):
    """GET v1/documents/<key>/versions/."""

    use_case = ListVersions
    response_class = VersionsRepresentation
    conditional = True
    access = Access.PUBLIC

    @docs.list_versions
    def get(self, request: Request, key: str) -> Response:
        versions = ListVersions.execute(ListVersionsInput(key=key))
        cached = caching.shared(conf.DOCUMENTS_MAX_AGE)
        return self.respond({"results": versions}, headers=cached)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share the response: it does not depend on the user."""
        return {"Vary": "Accept"}
