"""OpenAPI of GET v1/users/bulk/<bulk_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.bulk.examples import BULK

read_bulk = describe(
    operation_id="users_read_bulk",
    tags=["Users"],
    summary="Read how far a bulk act is",
    description=(
        "For the administrator who started it, for 30 days. Ask again every few "
        "seconds until `state` is `done` or `failed`."
    ),
    examples=[
        OpenApiExample("Done", value=BULK, response_only=True, status_codes=["200"]),
    ],
)
