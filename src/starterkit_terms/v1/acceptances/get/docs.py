"""OpenAPI of GET v1/acceptances/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.acceptances.examples import ACCEPTANCE

list_acceptances = describe(
    operation_id="terms_list_acceptances",
    tags=["Terms"],
    summary="Read what I have accepted",
    description=(
        "Everything that the user has accepted, acknowledged, given, refused or "
        "withdrawn, newest first. Nothing in it ever changes."
    ),
    examples=[
        OpenApiExample(
            "One acceptance",
            value={
                "results": [ACCEPTANCE],
                "next": None,
                "previous": None,
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
