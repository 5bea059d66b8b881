"""OpenAPI of POST v1/email/change/reversal."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

reverse_email_change = describe(
    operation_id="auth_reverse_email_change",
    tags=["Auth"],
    summary="Undo a change of my e-mail address",
    description=(
        "Takes the token from the mail that was sent to the former address when it was "
        "changed. Restores that address, ends all sessions, and voids every code and "
        "link of later addresses. The token works once and is valid for a week by "
        "default, whatever else happens to the account.\n\n"
        "The password does not change: let the user reset it next, because an attacker "
        "may know it.\n\n"
        "Later than two days after the change, if the new address has been proven "
        "again by a new password, neither address takes the account from the other: "
        "the error is `address_disputed`, the account is closed, and both addresses "
        "get a mail. If another account has the address by now, nothing changes, and "
        "the error is `invalid_confirmation`."
    ),
    examples=[
        OpenApiExample("It was not me", value={"token": "skl_AZ…"}, request_only=True)
    ],
)
