"""Users whom the default manager of the project's user model hides.

Django's ``ModelBackend`` loads users through that manager. So a user whom it leaves
out, such as a deleted one whose row is kept, can neither sign in nor stay signed in.
Joins and the base manager leave no user out, so each way to an account asks here, too.
"""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Manager, QuerySet

from starterkit_core.db.databases import accounts_database


def is_hidden(user: AbstractBaseUser) -> bool:
    """Return whether the default manager leaves out this saved user.

    One query, and none if the manager leaves out no user.
    """
    model = type(user)
    if not are_possible(model):
        return False
    return not bool(seen_users(model).filter(pk=user.pk).exists())


def seen_users(model: type[AbstractBaseUser]) -> "QuerySet[AbstractBaseUser]":
    """Return the users whom the default manager shows, where they are written."""
    return model._default_manager.using(accounts_database())


def are_possible(model: type[AbstractBaseUser]) -> bool:
    """Return whether the default manager has a ``get_queryset`` of its own."""
    manager = type(model._default_manager)
    return manager.get_queryset is not Manager.get_queryset
