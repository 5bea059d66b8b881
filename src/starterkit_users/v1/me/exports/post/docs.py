"""OpenAPI of POST v1/me/exports/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.exports.examples import WAITING

request_export = describe(
    operation_id="users_request_export",
    tags=["Users"],
    summary="Ask for all data about me",
    description=(
        "Starts an export: a zip of JSON and files with all that this service has "
        "about the account. A mail tells when it is ready; it can be downloaded once, "
        "and only until `expires_at`. While one is `waiting`, that one is returned "
        "instead of another. A new file replaces the one from before. Works with "
        "pending gates."
    ),
    examples=[
        OpenApiExample(
            "Started", value=WAITING, response_only=True, status_codes=["202"]
        ),
    ],
)
