"""What switching an account off does, through whatever door it comes."""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models.signals import post_save

from starterkit_auth.conf import user_model_name
from starterkit_auth.use_cases.end_sessions import EndSessions, EndSessionsInput


def connect() -> None:
    """Listen to the user model of this project.

    The Django admin and a shell save accounts without asking us, so there is no use
    case to put this into.
    """
    name = "starterkit_auth.end_sessions"
    post_save.connect(end_sessions, sender=user_model_name(), dispatch_uid=name)


def end_sessions(
    sender: type[AbstractBaseUser], instance: AbstractBaseUser, **kwargs: Any
) -> None:
    """End the sessions of an account that was saved inactive.

    They stop working without this too, and would work again once it is active.
    """
    if not (instance.is_active or kwargs["created"] or kwargs["raw"]):
        EndSessions.execute(EndSessionsInput(user=instance, reason="deactivated"))
