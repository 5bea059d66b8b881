"""OpenAPI of POST v1/users/bulk/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.bulk.examples import BULK, RESULTS

start_bulk = describe(
    operation_id="users_start_bulk",
    tags=["Users"],
    summary="Act on many users",
    description=(
        "Does one act on each of the users: those with these `ids`, or those whom the "
        "`filters` of the list find now, as many as `count` says. For administrators "
        "with Django's permission to change users; each user is judged by their own "
        "rank, and one refusal stops no other. At most 100 users are done when the "
        "answer comes; more, up to 10,000, are done by a task: `Location` tells how "
        "far it is. A repeated request acts again."
    ),
    examples=[
        OpenApiExample(
            "By ids",
            value={
                "act": "suspend",
                "ids": [row["id"] for row in RESULTS],
                "reason": "Spam",
            },
            request_only=True,
        ),
        OpenApiExample(
            "By filters",
            value={"act": "lift", "filters": {"is_active": False}, "count": 57},
            request_only=True,
        ),
        OpenApiExample("Done", value=BULK, response_only=True, status_codes=["201"]),
    ],
)
