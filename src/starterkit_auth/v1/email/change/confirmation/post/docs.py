"""OpenAPI of POST v1/email/change/confirmation."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

confirm_email_change = describe(
    operation_id="auth_confirm_email_change",
    tags=["Auth"],
    summary="Confirm my new e-mail address",
    description=(
        "Proves the new address by what was mailed to it, and gives it to the account. "
        "Send the `code` while signed in, or the `token` of the link, which works "
        "anywhere: the page that the link opens sends it by this method, as opening a "
        "link changes nothing. A code without a sign-in is answered by 401 "
        "`not_authenticated`. A link does not mind a credential that has expired.\n\n"
        "All sessions end but the one of this request, whose tokens or cookie stay, "
        "and everything that was mailed before is void. The former address is told, "
        "and can undo this for a week by `email/change/reversal`.\n\n"
        "A code takes five tries. To everything that confirms nothing, an address "
        "that somebody else has taken meanwhile included, the one answer is "
        "`invalid_confirmation`."
    ),
    examples=[
        OpenApiExample("By code", value={"code": "427916"}, request_only=True),
        OpenApiExample("By link", value={"token": "skl_AZ…"}, request_only=True),
        OpenApiExample(
            "Who I am now",
            value={"id": "42", "email": "ada@example.org"},
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
