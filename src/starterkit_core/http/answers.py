"""The response of an endpoint: DRF's response, rendered when it is created."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.response import Response

SAFE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""The headers of every response, unless the endpoint sets others."""


class Answer(Response):
    """A JSON response that is rendered when it is created.

    DRF's own response is created empty and gets its content and headers later, one by
    one, which takes more time than many an endpoint does.
    """

    # Attributes that are set by the constructors not called below.
    template_name: Any = None
    context_data: Any = None
    using = None
    content_type = None
    _request: Any = None
    _post_render_callbacks = ()

    def __init__(
        self,
        data: Any,
        content: bytes,
        status: int,
        headers: Mapping[str, str],
        media_type: str = "",
    ) -> None:
        headers = {"Content-Type": media_type or "application/json", **headers}
        HttpResponse.__init__(self, content, status=status, headers=headers)
        if not content:
            del self.headers["Content-Type"]
        self.data = data
        self.exception = False
