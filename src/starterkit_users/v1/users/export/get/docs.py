"""OpenAPI of GET v1/users/export/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

TABLE = (
    "id,email,first_name,last_name,created_at,is_active,is_staff,is_superuser,"
    "last_login\r\n"
    "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6,ada@example.com,Ada,Lovelace,"
    "2026-11-22T09:30:00Z,true,false,false,\r\n"
)

export_users = describe(
    operation_id="users_export_users",
    tags=["Users"],
    summary="Export users",
    description=(
        "All users whom the filters let through, as CSV (RFC 4180, UTF-8, a line of "
        "names first), by id, sent while it is read: any number of them. For "
        "administrators with Django's permission to view users; it is recorded. Before "
        "a cell that a spreadsheet would run as a formula stands an apostrophe. If "
        "the connection breaks off, the file is not whole."
    ),
    examples=[
        OpenApiExample(
            "A table",
            value=TABLE,
            media_type="text/csv",
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
