import hashlib
import json
from http import HTTPStatus
from typing import Any

from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.conf import conf
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
        languages = wanted_languages(request.headers.get("Accept-Language", ""))
        documents = ListDocuments.execute(ListDocumentsInput(languages=languages))
        return self.respond_cacheable({"results": documents})

    def respond_cacheable(self, instance: object) -> Response:
        """Return the response, or 304 if the client has it (RFC 9110, 15.4.5)."""
        response = self.respond(instance)
        tag = self.tag_of(response.data)
        known = parse_etags(self.request.headers.get("If-None-Match", ""))
        if "*" in known or tag in {entry.removeprefix("W/") for entry in known}:
            response = Response(status=HTTPStatus.NOT_MODIFIED)
        age = int(conf.DOCUMENTS_MAX_AGE.total_seconds())
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = f"public, max-age={age}"
        return response

    @staticmethod
    def tag_of(data: Any) -> str:
        """Return the entity tag: a hash of all response data."""
        content = json.dumps(data, sort_keys=True, default=str)
        return f'"{hashlib.sha256(content.encode()).hexdigest()}"'

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share the response: it does not depend on the user."""
        return {"Vary": "Accept, Accept-Language"}
