"""The acts that administrators may do on many users at once: a line each."""

from datetime import datetime
from functools import partial

from starterkit_core.ports import account_access
from starterkit_users.services import bulk_acts, lifecycle, roles
from starterkit_users.services.bulk_acts import BulkAct
from starterkit_users.v1.users.user_id.delete.serializers import REASONS
from starterkit_users.v1.users.user_id.delete.use_case import EraseUser, EraseUserInput
from starterkit_users.v1.users.user_id.password_reset.post.use_case import (
    SendUserPasswordReset,
    SendUserPasswordResetInput,
)
from starterkit_users.v1.users.user_id.roles.put.use_case import (
    How,
    SetRoles,
    SetRolesInput,
)
from starterkit_users.v1.users.user_id.sessions.delete.use_case import (
    EndUserSessions,
    EndUserSessionsInput,
)
from starterkit_users.v1.users.user_id.suspension.delete.use_case import (
    LiftSuspension,
    LiftSuspensionInput,
)
from starterkit_users.v1.users.user_id.suspension.put.use_case import (
    SuspendUser,
    SuspendUserInput,
)
from starterkit_users.v1.users.user_id.verification.put.use_case import (
    VerifyUser,
    VerifyUserInput,
)

ROLES = ("roles",)

ACTS = (
    BulkAct(
        name="suspend",
        use_case=SuspendUser,
        input=SuspendUserInput,
        takes=("reason", "until"),
        needs=("reason",),
        read={"until": datetime.fromisoformat},
        is_available=lifecycle.can_close,
    ),
    BulkAct(
        name="lift",
        use_case=LiftSuspension,
        input=LiftSuspensionInput,
        is_available=lifecycle.can_close,
    ),
    BulkAct(
        name="sign_out",
        use_case=EndUserSessions,
        input=EndUserSessionsInput,
        takes=("reason",),
        is_available=account_access.available,
    ),
    BulkAct(
        name="reset_password",
        use_case=SendUserPasswordReset,
        input=SendUserPasswordResetInput,
        takes=("reason",),
        is_available=account_access.available,
    ),
    BulkAct(
        name="verify",
        use_case=VerifyUser,
        input=VerifyUserInput,
        takes=("reason",),
        is_available=account_access.available,
    ),
    *(
        BulkAct(
            name=f"{how}_roles",
            use_case=SetRoles,
            input=partial(SetRolesInput, how=how),
            takes=ROLES,
            needs=ROLES,
            is_available=roles.has_roles,
        )
        for how in How
    ),
    BulkAct(
        name="erase",
        use_case=EraseUser,
        input=EraseUserInput,
        permission="delete",
        takes=("reason",),
        needs=("reason",),
        words={"reason": REASONS},  # it outlives the account
    ),
)


def register() -> None:
    """Register these acts."""
    for act in ACTS:
        bulk_acts.register(act)
