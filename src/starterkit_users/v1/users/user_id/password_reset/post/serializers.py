from starterkit_core.http.fields import FlagField
from starterkit_users.v1.users.user_id.serializers import ReasonRequest


class SendUserPasswordResetRequest(ReasonRequest):
    """Whether the former password is void at once, and why."""

    force = FlagField(
        default=True,
        help_text="Whether the sessions end and the former password is void at once. "
        "With `false`, both stay until the user has set a new one.",
    )
