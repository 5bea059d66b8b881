"""Endpoints that answer with a file for their caller alone."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.http import FileResponse
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from starterkit_core.http.endpoints import JSON, EndpointView
from starterkit_core.http.negotiation import Negotiation
from starterkit_core.http.renderers import JSONRenderer

ZIP = "application/zip"


class ZipForm(BaseRenderer):
    """Says that a client may accept a zip; the file is sent as it is."""

    media_type = ZIP
    format = "zip"

    def render(self, data: Any, *args: Any, **kwargs: Any) -> Any:
        """Return ``data``: no answer is rendered by this."""
        return data


class DownloadNegotiation(Negotiation):
    """Takes clients that accept the file or JSON; refusals are JSON in any case."""

    def select_renderer(
        self,
        request: Request,
        renderers: Iterable[BaseRenderer],
        format_suffix: str | None = None,
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer of refusals, if the client accepts one of the forms."""
        super().select_renderer(request, renderers, format_suffix)
        return JSON, JSON.media_type


class DownloadView(EndpointView):
    """An endpoint whose success is a file, which browsers save and never show."""

    file_type: ClassVar[str] = ZIP
    """Its media type; one of ``renderer_classes`` has it, too."""

    renderer_classes = (JSONRenderer, ZipForm)
    content_negotiation_class = DownloadNegotiation

    def respond_file(self, file: Any, *, name: str) -> FileResponse:
        """Return an open file with a ``size``; the server closes it when it is sent."""
        return FileResponse(
            file,
            as_attachment=True,
            filename=name,
            content_type=self.file_type,
            headers={"Content-Length": str(file.size)},
        )
