"""OpenAPI of GET v1/users/bulk/<bulk_id>/results/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.users.bulk.examples import RESULTS

list_bulk_results = describe(
    operation_id="users_list_bulk_results",
    tags=["Users"],
    summary="List what became of each user of a bulk act",
    description="For the administrator who started it, page by page.",
    examples=[
        OpenApiExample(
            "Two users",
            value={"results": RESULTS, "next": None, "previous": None},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
