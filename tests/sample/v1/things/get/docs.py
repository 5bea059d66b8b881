from starterkit_core.openapi.describe import describe

list_things = describe(
    operation_id="sample_list_things",
    tags=["Sample"],
    summary="List things",
    description="Every thing, newest first.",
)
