from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.conf import conf, default_locale
from starterkit_terms.http import caching
from starterkit_terms.serializers import DocumentRepresentation
from starterkit_terms.utils.locales import wanted_languages

from . import docs
from .use_case import ReadDocument, ReadDocumentInput


class ReadDocumentView(EndpointView):
    """GET v1/documents/<key>/."""

    use_case = ReadDocument
    response_class = DocumentRepresentation
    conditional = True
    access = Access.PUBLIC

    @docs.read_document
    def get(self, request: Request, key: str) -> Response:
        wanted = wanted_languages(request.headers.get("Accept-Language", ""))
        # Caches share the answer, so a cookie must not choose the language.
        languages = wanted or (default_locale(),)
        document = ReadDocument.execute(ReadDocumentInput(key=key, languages=languages))
        return self.respond(document, headers=caching.shared(conf.DOCUMENTS_MAX_AGE))

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share the response: it does not depend on the user."""
        return caching.varied()
