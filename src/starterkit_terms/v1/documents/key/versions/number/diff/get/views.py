from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.conf import conf
from starterkit_terms.http import caching
from starterkit_terms.utils.locales import wanted_languages

from . import docs
from .serializers import DifferenceFilters, DifferenceRepresentation
from .use_case import CompareVersions, CompareVersionsInput


class CompareVersionsView(EndpointView):
    """GET v1/documents/<key>/versions/<number>/diff/."""

    use_case = CompareVersions
    response_class = DifferenceRepresentation
    filter_class = DifferenceFilters
    conditional = True
    access = Access.PUBLIC

    @docs.compare_versions
    def get(self, request: Request, key: str, number: int) -> Response:
        languages = wanted_languages(request.headers.get("Accept-Language", ""))
        difference = CompareVersions.execute(
            CompareVersionsInput(
                key=key, number=number, languages=languages, **self.filters()
            )
        )
        return self.respond(difference, headers=caching.shared(conf.FROZEN_MAX_AGE))

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share the response: it does not depend on the user."""
        return caching.varied()
