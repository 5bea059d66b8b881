"""OpenAPI of GET v1/acceptances/<acceptance_id>/receipt/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

USER = "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a5"

read_receipt = describe(
    operation_id="terms_read_receipt",
    tags=["Terms"],
    summary="Read a receipt",
    description=(
        "The evidence of one entry of `acceptances`, with the text that was shown, for "
        "the user to keep. Its groups are those of ISO/IEC TS 27560."
    ),
    examples=[
        OpenApiExample(
            "A receipt",
            value={
                "schema": "starterkit-terms/1",
                "receipt_id": "0199f0a3-d1c4-7a02-b6c5-18d9e0f7a3b2",
                "subject_id": USER,
                "actor_id": USER,
                "notice": {
                    "document": "terms",
                    "nature": "contract",
                    "version": "0199f0a3-c5b8-7d7e-8a41-f0c2d3e4f5a6",
                    "number": 2,
                    "label": "2026-11",
                    "language": "en",
                    "title": "Terms of service",
                    "source": "# Terms of service\n\nBe kind.",
                    "content_hash": "9f86d081884c7d659a2feaa0c55ad015"
                    "a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "wording": "I have read and accept the terms.",
                },
                "event": {
                    "type": "accepted",
                    "time": "2026-11-22T09:30:00Z",
                    "valid_until": None,
                    "method": "api",
                    "authority": "self",
                    "request_id": "4bf92f3577b34da6a3ce929d0e0e4736",
                },
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
