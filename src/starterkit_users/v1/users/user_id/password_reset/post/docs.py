"""OpenAPI of POST v1/users/<user_id>/password-reset/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

send_user_password_reset = describe(
    operation_id="users_send_user_password_reset",
    tags=["Users"],
    summary="Make a user set a new password",
    description=(
        "Mails the user a code and a link to set a new password. By default all "
        "sessions of the user end and the former password is void at once. Needs "
        "Django's permission to change users, and every right of the user."
    ),
    examples=[
        OpenApiExample(
            "A password that others know",
            value={"force": True, "reason": "Found on a note at the front desk"},
            request_only=True,
        ),
    ],
)
