"""OpenAPI of POST v1/users/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.examples import USER_DETAILS

add_user = describe(
    operation_id="users_add_user",
    tags=["Users"],
    summary="Make a user",
    description=(
        "For administrators with Django's permission to add users. The account is "
        "active and has no rights. Without a `password` none opens it, until an "
        "administrator sends its owner a mail to set one; to let the owner choose at "
        "once, send an invitation instead: `invitations/`.\n\n"
        "`user_exists` names in `fields` what another account has. The project may "
        "have required fields that the example lacks; the error names them."
    ),
    examples=[
        OpenApiExample(
            "Ada",
            value={"email": "ada@example.com", "first_name": "Ada"},
            request_only=True,
        ),
        OpenApiExample(
            "Made",
            value={**USER_DETAILS, "last_name": "", "roles": []},
            response_only=True,
            status_codes=["201"],
        ),
    ],
)
