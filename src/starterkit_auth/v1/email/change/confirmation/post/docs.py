"""OpenAPI of POST v1/email/change/confirmation."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

confirm_email_change = describe(
    operation_id="auth_confirm_email_change",
    tags=["Auth"],
    summary="Confirm my new e-mail address",
    description=(
        "Proves the new address with the code or link that was mailed to it, and saves "
        "it. Send the `code` while signed in, or the `token` of the link, which needs "
        "no sign-in. Opening the link changes nothing: its page must send the token to "
        "this endpoint. A code without a signed-in user gets 401 `not_authenticated`. "
        "With a token, an expired credential is ignored.\n\n"
        "All sessions end except the one of this request, which keeps its tokens or "
        "cookie. Codes and links that were mailed before are void, except links that "
        "undo a change. The former address gets a mail and, if it was proven, can undo "
        "this by `email/change/reversal/`, for a week by default.\n\n"
        "A code allows five tries by default. Every code or token that is not valid, "
        "or whose address another account has taken meanwhile, gets "
        "`invalid_confirmation`."
    ),
    examples=[
        OpenApiExample("By code", value={"code": "427916"}, request_only=True),
        OpenApiExample("By link", value={"token": "skl_AZ…"}, request_only=True),
        OpenApiExample(
            "The new address",
            value={"id": "42", "email": "ada@example.org"},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
