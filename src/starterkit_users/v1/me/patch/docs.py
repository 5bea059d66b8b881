"""OpenAPI of PATCH v1/me/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

update_account = describe(
    operation_id="users_update_account",
    tags=["Users"],
    summary="Change my account",
    description=(
        "Changes only the fields sent and returns the whole account. The address and "
        "the password have endpoints of their own."
    ),
    examples=[
        OpenApiExample("Rename", value={"first_name": "Ada"}, request_only=True),
        OpenApiExample(
            "Renamed",
            value={
                "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
                "email": "ada@example.com",
                "first_name": "Ada",
                "last_name": "Lovelace",
                "created_at": "2026-11-22T09:30:00Z",
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
