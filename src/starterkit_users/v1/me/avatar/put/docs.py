"""OpenAPI of PUT v1/me/avatar/."""

from drf_spectacular.utils import OpenApiExample

from starterkit_core.openapi.describe import describe
from starterkit_users.v1.me.examples import ACCOUNT

set_avatar = describe(
    operation_id="users_set_avatar",
    tags=["Users"],
    summary="Set my picture",
    description=(
        "Send the picture as `file`: a JPEG, PNG, WebP or GIF, whatever its name and "
        "type say. The middle of it is kept, upright, as a square WebP of each size "
        "that `avatar` shows; small pictures are not enlarged. No metadata is kept, "
        "such as the place where a photo was taken, and of an animation the first "
        "frame. The former picture is deleted. A URL never shows another picture, so "
        "it may be cached; one that is no longer in `avatar` may stop working."
    ),
    examples=[
        OpenApiExample(
            "A picture",
            value={"file": "(the bytes of the file)"},
            media_type="multipart/form-data",
            request_only=True,
        ),
        OpenApiExample(
            "With a picture",
            value={
                **ACCOUNT,
                "avatar": {
                    "64": "https://media.example.com/avatars/9c/9c1f-64.webp",
                    "256": "https://media.example.com/avatars/9c/9c1f-256.webp",
                    "512": "https://media.example.com/avatars/9c/9c1f-512.webp",
                },
            },
            response_only=True,
            status_codes=["200"],
        ),
    ],
)
