"""OpenAPI of GET v1/me/."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.examples import ACCOUNT

read_account = describe(
    operation_id="users_read_account",
    tags=["Users"],
    summary="Read my account",
    description=(
        "Returns the account of the signed-in user, also while other endpoints are "
        "blocked, such as by new terms to accept. With `include`, it also returns what "
        "other modules know of the account."
    ),
    parameters=[
        OpenApiParameter(
            "include",
            str,
            description="Names of members of `sections`, joined by commas.",
        )
    ],
    examples=[
        OpenApiExample(
            "An account",
            value=ACCOUNT,
            response_only=True,
            status_codes=["200"],
        )
    ],
)
