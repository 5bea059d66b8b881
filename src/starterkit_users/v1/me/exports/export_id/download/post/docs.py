"""OpenAPI of POST v1/me/exports/<export_id>/download/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

download_export = describe(
    operation_id="users_download_export",
    tags=["Users"],
    summary="Download one of my exports, once",
    description=(
        "Returns the zip, and deletes it. The first request gets it, also if its "
        "transfer breaks: then ask for a new export. It is POST so that no preview, "
        "prefetch or retry of a browser uses it up. Works with pending gates."
    ),
    examples=[
        OpenApiExample(
            "A zip",
            value="PK…",
            response_only=True,
            status_codes=["200"],
            media_type="application/zip",
        ),
    ],
)
