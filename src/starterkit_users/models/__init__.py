"""The user model and its parts, invitations, jobs, exports and erasures."""

from starterkit_users.models.avatar import (
    AbstractAvatar,
    Avatar,
    AvatarLeftover,
    avatar_model,
)
from starterkit_users.models.data_export import DataExport
from starterkit_users.models.erasure import ErasedAccount, Erasure, ErasureResult
from starterkit_users.models.invitation import (
    AbstractInvitation,
    Ending,
    Invitation,
    invitation_model,
)
from starterkit_users.models.job import Job, JobRow
from starterkit_users.models.lifecycle import LifecycleMixin, Status
from starterkit_users.models.locales import LocaleMixin
from starterkit_users.models.phone import PhoneField, PhoneMixin
from starterkit_users.models.preferences import PreferencesMixin
from starterkit_users.models.role import Role
from starterkit_users.models.user import (
    AbstractAccount,
    AbstractUser,
    AccountManager,
    AccountQuerySet,
    User,
    UserManager,
    UserQuerySet,
)
from starterkit_users.models.username import UsernameMixin

__all__ = [
    "AbstractAccount",
    "AbstractAvatar",
    "AbstractInvitation",
    "AbstractUser",
    "AccountManager",
    "AccountQuerySet",
    "Avatar",
    "AvatarLeftover",
    "DataExport",
    "Ending",
    "ErasedAccount",
    "Erasure",
    "ErasureResult",
    "Invitation",
    "Job",
    "JobRow",
    "LifecycleMixin",
    "LocaleMixin",
    "PhoneField",
    "PhoneMixin",
    "PreferencesMixin",
    "Role",
    "Status",
    "User",
    "UserManager",
    "UserQuerySet",
    "UsernameMixin",
    "avatar_model",
    "invitation_model",
]
