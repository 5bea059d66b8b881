"""What an endpoint answers: DRF's response, written at once."""

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
"""What every answer carries unless the endpoint says otherwise."""


class Answer(Response):
    """JSON that is complete when it is made.

    DRF's own response is made empty, and gets its content and headers later and one by
    one. That takes more time than many an endpoint does.
    """

    # What the constructors set that are left out below.
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
