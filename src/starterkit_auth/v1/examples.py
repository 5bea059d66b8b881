"""OpenAPI examples that several endpoints share."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiExample

SESSION = {
    "id": "019ab1c4-5f2e-7c31-9d0a-6b1f0e8c7a55",
    "created_at": "2026-11-22T18:00:00Z",
    "last_seen_at": "2026-11-22T18:00:00Z",
    "expires_at": "2027-02-20T18:00:00Z",
    "transport": "bearer",
    "device_name": "Ada's phone",
    "platform": "iOS 26",
    "app_version": "4.2.0",
    "user_agent": "Engines/4.2",
    "address": "192.0.2.0/24",
}
USER = {"id": "42", "email": "ada@example.com"}


TOKENS = {
    "transport": "bearer",
    "access_token": "ska_AQ…",
    "token_type": "Bearer",
    "expires_in": 600,
    "refresh_token": "skr_AQ…",
}


def opened_session(status: HTTPStatus) -> list[OpenApiExample]:
    """Return examples of the response that opens a session."""
    session = {**SESSION, "transport": "cookie"}
    cookie = {"transport": "cookie", "session": session, "user": USER}
    return [renewed_session(status), answer("A cookie", cookie, status)]


def renewed_session(status: HTTPStatus) -> OpenApiExample:
    """Return an example of the response with new tokens."""
    return answer("Tokens", {**TOKENS, "session": SESSION, "user": USER}, status)


def answer(
    name: str, value: object, status: HTTPStatus = HTTPStatus.OK
) -> OpenApiExample:
    """Return an example of a response."""
    codes = [str(status.value)]
    return OpenApiExample(name, value, response_only=True, status_codes=codes)
