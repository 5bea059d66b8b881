from starterkit_users.v1.users.user_id.serializers import ReasonRequest


class VerifyUserRequest(ReasonRequest):
    """Why the address counts as proven."""
