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
        "was sent. Sending it again is safe while the answer may have been lost: for a "
        "short time, and after that as long as the new tokens have never been used, it "
        "gives the same new refresh token. Any older token ends the session with "
        "`refresh_token_reused`, because somebody else may have a copy.\n\n"
        "The former access token works until it expires. The answer 401 ends the "
        "session for the client; any other refusal does not.\n\n"
        "The session's absolute end does not move. Browsers with a cookie never need "
        "this."
    ),
    examples=[
        OpenApiExample("An app", value={"refresh_token": "skr_AQ…"}, request_only=True),
        renewed_session(HTTPStatus.OK),
    ],
)
