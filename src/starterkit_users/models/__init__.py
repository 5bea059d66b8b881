"""The user model, to use as it is or to subclass."""

from starterkit_users.models.user import AbstractUser, User, UserManager, UserQuerySet

__all__ = ["AbstractUser", "User", "UserManager", "UserQuerySet"]
