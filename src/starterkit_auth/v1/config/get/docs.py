"""OpenAPI of GET v1/config."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

read_config = describe(
    operation_id="auth_read_config",
    tags=["Auth"],
    summary="Read the settings for sign-in forms",
    description=(
        "Returns what a client needs to build its forms: the transports, how signing "
        "up responds, the length of passwords, and the rules for codes. It is the same "
        "for every client, and may be cached for five minutes."
    ),
    examples=[
        OpenApiExample(
            "Default settings",
            value={
                "transports": ["bearer", "cookie"],
                "registration_mode": "strict",
                "email_verification": "required",
                "password": {"min_length": 12, "max_length": 256},
                "code": {"length": 6, "lifetime": 600, "resend_after": 30},
                "step_up_max_age": 600,
            },
            response_only=True,
            status_codes=["200"],
        )
    ],
)
