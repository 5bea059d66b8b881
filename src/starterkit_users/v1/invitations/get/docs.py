"""OpenAPI of GET v1/invitations/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.invitations.examples import INVITATION

list_invitations = describe(
    operation_id="users_list_invitations",
    tags=["Users"],
    summary="List invitations",
    description=(
        "The newest first, for administrators with Django's permission to view "
        "invitations. `state` narrows the list; an `expired` one can be sent again."
    ),
    examples=[
        OpenApiExample(
            "One invitation",
            value={"results": [INVITATION], "next": None, "previous": None},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
