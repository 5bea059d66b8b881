"""OpenAPI of POST v1/email/change/reversal."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

reverse_email_change = describe(
    operation_id="auth_reverse_email_change",
    tags=["Auth"],
    summary="Undo a change of my e-mail address",
    description=(
        "Takes the token from the mail that the former address got when it was "
        "changed. The address is brought back, all sessions end, and whatever the "
        "addresses since could still confirm or undo is void. It works once, for a "
        "week, whatever else has happened to the account.\n\n"
        "The password stays as it is: let the person ask for a new one next, as "
        "whoever changed the address knew it. If somebody else has the address by "
        "now, nothing changes, and the answer is `invalid_confirmation`."
    ),
    examples=[
        OpenApiExample("It was not me", value={"token": "skl_AZ…"}, request_only=True)
    ],
)
