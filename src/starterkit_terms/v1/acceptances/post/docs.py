"""OpenAPI of POST v1/acceptances/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_terms.v1.acceptances.examples import ACCEPTANCE

accept_terms = describe(
    operation_id="terms_accept",
    tags=["Terms"],
    summary="Accept documents",
    description=(
        "Accepts one or several versions: all of them, or none if one is refused. Send "
        "the `version` and `content_hash` of the texts that were shown. Notices are "
        "acknowledged; consents have an endpoint of their own. A retry is safe: if "
        "nothing is new, existing acceptances are returned with 200. On "
        "`document_changed`, show the documents in `current` and ask the user again."
        "\n\n"
        "Without an account it is 401, unless the project lets visitors accept: then "
        "the answer has a `visitor_token`, which goes into the next request, and into "
        "the sign-up or the header `Terms-Visitor-Token` of the sign-in."
    ),
    examples=[
        OpenApiExample(
            "One document",
            value={
                "acceptances": [
                    {
                        "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
                        "content_hash": "9f86d081884c7d659a2feaa0c55ad015"
                        "a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    }
                ]
            },
            request_only=True,
        ),
        OpenApiExample(
            "Accepted",
            value={"results": [ACCEPTANCE]},
            response_only=True,
            status_codes=["200", "201"],
        ),
    ],
)
