"""OpenAPI of GET v1/users/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.examples import USER

list_users = describe(
    operation_id="users_list_users",
    tags=["Users"],
    summary="List users",
    description=(
        "The users of the project, the newest first, for administrators with Django's "
        "permission to view users. Filters narrow the list together; a name that is "
        "no filter is refused. A page costs the same at any depth; ask for `count` "
        "only if you show it."
    ),
    examples=[
        OpenApiExample(
            "One user",
            value={"results": [USER], "next": None, "previous": None},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
