"""OpenAPI of DELETE v1/session."""

from starterkit_auth.guide import SCHEMES
from starterkit_core.openapi.describe import describe

sign_out = describe(
    operation_id="auth_sign_out",
    tags=["Auth"],
    summary="Sign out",
    description=(
        "Ends only the session whose token is in the `Authorization` header (the "
        "access token, even an expired one, or the refresh token), or whose cookie was "
        "sent; the cookie is deleted. All tokens of the session stop working at once. "
        "The response is the same for an unknown token, and repeating it is safe."
    ),
    auth=SCHEMES,
)
