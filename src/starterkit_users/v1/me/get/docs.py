"""OpenAPI of GET v1/me/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

read_account = describe(
    operation_id="users_read_account",
    tags=["Users"],
    summary="Read my account",
    description=(
        "Returns the account of the signed-in user, also while other endpoints are "
        "blocked, such as by new terms to accept."
    ),
    examples=[
        OpenApiExample(
            "An account",
            value={
                "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
                "email": "ada@example.com",
                "first_name": "Ada",
                "last_name": "Lovelace",
                "created_at": "2026-11-22T09:30:00Z",
            },
            response_only=True,
            status_codes=["200"],
        )
    ],
)
