from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.conf import conf, default_locale
from starterkit_terms.http import caching
from starterkit_terms.utils.locales import wanted_languages

from . import docs
from .serializers import DocumentsRepresentation
from .use_case import ListDocuments, ListDocumentsInput


class ListDocumentsView(EndpointView):
    """GET v1/documents/."""

    use_case = ListDocuments
    response_class = DocumentsRepresentation
    conditional = True
    access = Access.PUBLIC

    @docs.list_documents
    def get(self, request: Request) -> Response:
        wanted = wanted_languages(request.headers.get("Accept-Language", ""))
        # Caches share the answer, so a cookie must not choose the language.
        languages = wanted or (default_locale(),)
        documents = ListDocuments.execute(ListDocumentsInput(languages=languages))
        cached = caching.shared(conf.DOCUMENTS_MAX_AGE)
        return self.respond({"results": documents}, headers=cached)

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share the response: it does not depend on the user."""
        return caching.varied()
