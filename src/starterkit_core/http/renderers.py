"""Renders JSON, with orjson if it is installed."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rest_framework.renderers import JSONRenderer as PlainJSONRenderer

orjson: Any = None
with suppress(ImportError):  # the extra "speed"
    import orjson


class JSONRenderer(PlainJSONRenderer):
    """Renders JSON; types that orjson lacks are left to DRF's encoder.

    ``UNICODE_JSON``, ``COMPACT_JSON`` and ``STRICT_JSON`` of the project do not apply.
    """

    ensure_ascii = False
    compact = True
    strict = True

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        if orjson is None or data is None:
            return super().render(data, accepted_media_type, renderer_context)
        return orjson.dumps(data, default=self.encoder_class().default)


class CsvRenderer(JSONRenderer):
    """Chosen by clients that take CSV, which the view streams; problems are JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"
