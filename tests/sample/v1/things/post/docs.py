from starterkit_core.openapi.describe import describe

create_thing = describe(
    operation_id="sample_create_thing",
    tags=["Sample"],
    summary="Create a thing",
    description="Names are unique.",
)
