"""OpenAPI of GET v1/me/exports/<export_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.exports.examples import READY

read_export = describe(
    operation_id="users_read_export",
    tags=["Users"],
    summary="Read one of my exports",
    description=(
        "Whether its file can be downloaded now. Another user's export and an unknown "
        "id get the same `export_not_found`. Works with pending gates."
    ),
    examples=[
        OpenApiExample("Ready", value=READY, response_only=True, status_codes=["200"]),
    ],
)
