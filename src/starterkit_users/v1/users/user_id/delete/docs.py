"""OpenAPI of DELETE v1/users/<user_id>/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

ERASURE = {
    "id": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
    "state": "running",
    "created_at": "2026-11-26T10:00:00Z",
    "finished_at": None,
}

erase_user = describe(
    operation_id="users_erase_user",
    tags=["Users"],
    summary="Erase a user",
    description=(
        "For administrators with Django's permission to delete users, who have every "
        "right that the user has. The account is closed at once and for good; a task "
        "erases its personal data in every module. What others must keep, such as "
        "evidence of an acceptance, stays under a pseudonym. Repeating it is safe, and "
        "shows how far the erasure has come. Your own account and the last "
        "superuser are refused."
    ),
    examples=[
        OpenApiExample(
            "Started", value=ERASURE, response_only=True, status_codes=["202"]
        ),
    ],
)
