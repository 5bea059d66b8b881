"""Judges what comes before the body: the URL and the headers.

Servers bound them, too, each in its own way, and some not at all.
"""

from django.http import HttpRequest
from rest_framework.exceptions import APIException

from starterkit_core.conf import api_prefixes, conf
from starterkit_core.http.exceptions import HeadersTooLarge, UrlTooLong

PREFIX = "HTTP_"
"""The beginning of a header's key; two have none, and are bounded by servers."""


def refusal_of_head(request: HttpRequest) -> APIException | None:
    """Return what is too large of a request to the API, or None."""
    if not request.path_info.startswith(api_prefixes()):
        return None
    meta = request.META
    if len(request.path) + len(meta.get("QUERY_STRING", "")) > conf.MAX_URL_LENGTH:
        return UrlTooLong()
    sizes = [len(name) + len(meta[name]) for name in meta if name.startswith(PREFIX)]
    if len(sizes) > conf.MAX_HEADERS or sum(sizes) > conf.MAX_HEADER_BYTES:
        return HeadersTooLarge()
    return None


def has_no_length(request: HttpRequest) -> bool:
    """Return whether there is a body that Django does not read: one in chunks."""
    meta = request.META
    return bool(meta.get("HTTP_TRANSFER_ENCODING") and not meta.get("CONTENT_LENGTH"))
