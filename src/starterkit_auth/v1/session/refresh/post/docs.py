"""OpenAPI of POST v1/session/refresh."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

from starterkit_auth.v1.examples import renewed_session
from starterkit_core.openapi.describe import describe

refresh_session = describe(
    operation_id="auth_refresh_session",
    tags=["Auth"],
    summary="Renew my tokens",
    description=(
        "Returns a new access token and a new refresh token, and retires the one that "
        "was sent. If the response was lost, send the same token again: for a short "
        "time, and after that as long as the new tokens have never been used, it "
        "returns the same new refresh token. Any older token ends the session with "
        "`refresh_token_reused`, because an attacker may have a copy.\n\n"
        "The former access token is valid until it expires. After 401 the session is "
        "over for the client; after any other error it is not.\n\n"
        "The session's `expires_at` does not change. Browsers with a cookie never need "
        "this endpoint."
    ),
    examples=[
        OpenApiExample("An app", value={"refresh_token": "skr_AQ…"}, request_only=True),
        renewed_session(HTTPStatus.OK),
    ],
)
