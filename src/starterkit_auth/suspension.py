"""Ends the sessions of a user who is saved as inactive, wherever that happens."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.signals import post_save

from starterkit_auth.conf import user_model_name
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput
from starterkit_core.db.databases import accounts_database


def connect() -> None:
    """Connect ``end_sessions`` to ``post_save`` of the project's user model.

    A signal, because the Django admin and a shell save users without any use case.
    """
    name = "starterkit_auth.end_sessions"
    post_save.connect(end_sessions, sender=user_model_name(), dispatch_uid=name)


def end_sessions(
    sender: type[AbstractBaseUser], instance: AbstractBaseUser, **kwargs: Any
) -> None:
    """End the sessions of a user who was saved as inactive.

    Sessions of an inactive user are refused anyway, but without this they would work
    again once the user is active.
    """
    if kwargs["using"] != accounts_database():  # a copy, such as one in an archive
        return
    if not (instance.is_active or kwargs["created"] or kwargs["raw"]):
        EndSessions.execute(EndSessionsInput(user=instance, reason="deactivated"))
