from starterkit_core.openapi.describe import describe

fail = describe(
    operation_id="sample_fail",
    tags=["Sample"],
    summary="Fail",
    description="Fails in the way that the path names.",
)
