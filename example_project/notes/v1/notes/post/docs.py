"""OpenAPI of POST v1/notes."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

create_note = describe(
    operation_id="notes_create_note",
    tags=["Notes"],
    summary="Keep a note",
    description="Keeps a note that only you can see, as long as you have room for it.",
    examples=[
        OpenApiExample(
            "A note", value={"title": "Bread", "text": "Rye."}, request_only=True
        ),
    ],
)
