"""OpenAPI of POST v1/notes/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

create_note = describe(
    operation_id="notes_create_note",
    tags=["Notes"],
    summary="Keep a note",
    description="Saves a note that only you can see. The number of notes is limited. "
    "With an `Idempotency-Key`, a request that is sent again makes no second note.",
    examples=[
        OpenApiExample(
            "A note", value={"title": "Bread", "text": "Rye."}, request_only=True
        ),
    ],
)
