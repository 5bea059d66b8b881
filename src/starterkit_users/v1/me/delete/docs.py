"""OpenAPI of DELETE v1/me/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

delete_account = describe(
    operation_id="users_delete_account",
    tags=["Users"],
    summary="Delete my account",
    description=(
        "Ends all my sessions, and erases my data after a grace period. A mail says "
        "when. Until then, sign in and call `POST me/restoration/` to keep it. "
        "Terms that are pending need not be accepted first."
    ),
    examples=[
        OpenApiExample(
            "In two weeks",
            value={"at": "2026-12-10T09:30:00Z"},
            response_only=True,
            status_codes=["202"],
        )
    ],
)
