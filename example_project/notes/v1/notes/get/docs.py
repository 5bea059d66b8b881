"""OpenAPI of GET v1/notes/."""

from starterkit_core.openapi.describe import describe

list_notes = describe(
    operation_id="notes_list_notes",
    tags=["Notes"],
    summary="List my notes",
    description="Returns a page of your own notes, newest first. They are private.",
)
