"""OpenAPI of GET v1/users/imports/<import_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.imports.examples import IMPORT

read_import = describe(
    operation_id="users_read_import",
    tags=["Users"],
    summary="Read how far an import is",
    description=(
        "For the administrator who started it, for 30 days. Ask again every few "
        "seconds until `state` is `done` or `failed`."
    ),
    examples=[
        OpenApiExample("Done", value=IMPORT, response_only=True, status_codes=["200"]),
    ],
)
