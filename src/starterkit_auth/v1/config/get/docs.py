"""OpenAPI of GET v1/config."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe

read_config = describe(
    operation_id="auth_read_config",
    tags=["Auth"],
    summary="Read what is enabled here",
    description=(
        "Returns what a client needs to build its forms: the transports, how signing "
        "up answers, how long a password must be, and how codes behave. It is the same "
        "for everybody, and may be kept for five minutes."
    ),
    examples=[
        OpenApiExample(
            "As it comes",
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
