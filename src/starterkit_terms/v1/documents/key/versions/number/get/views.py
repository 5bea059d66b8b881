from rest_framework.request import Request
from rest_framework.response import Response

from starterkit_core.http.endpoints import Access, EndpointView
from starterkit_terms.conf import conf, default_locale
from starterkit_terms.http import caching
from starterkit_terms.utils.locales import wanted_languages

from . import docs
from .serializers import VersionRepresentation
from .use_case import ReadVersion, ReadVersionInput


class ReadVersionView(EndpointView):
    """GET v1/documents/<key>/versions/<number>/."""

    use_case = ReadVersion
    response_class = VersionRepresentation
    conditional = True
    access = Access.PUBLIC

    @docs.read_version
    def get(self, request: Request, key: str, number: int) -> Response:
        wanted = wanted_languages(request.headers.get("Accept-Language", ""))
        # Caches share the answer, so a cookie must not choose the language.
        languages = wanted or (default_locale(),)
        version = ReadVersion.execute(
            ReadVersionInput(key=key, number=number, languages=languages)
        )
        return self.respond(version, headers=caching.shared(conf.FROZEN_MAX_AGE))

    @property
    def default_response_headers(self) -> dict[str, str]:
        """Let caches share the response: it does not depend on the user."""
        return caching.varied()
