"""OpenAPI of GET v1/me/exports/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.exports.examples import READY

list_exports = describe(
    operation_id="users_list_exports",
    tags=["Users"],
    summary="List my exports",
    description="The exports of my data, the newest first. Works with pending gates.",
    examples=[
        OpenApiExample(
            "One export",
            value={"results": [READY], "next": None, "previous": None},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
