"""OpenAPI of DELETE v1/invitations/<invitation_id>/."""

from starterkit_core.openapi.describe import describe

revoke_invitation = describe(
    operation_id="users_revoke_invitation",
    tags=["Users"],
    summary="Revoke an invitation",
    description=(
        "Its link works no more, and the account, which was never used, is deleted. "
        "For administrators with Django's permission to change invitations. To revoke "
        "an invitation twice has no further effect."
    ),
)
