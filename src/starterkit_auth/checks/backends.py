"""E007 and W005: the project's ``AUTHENTICATION_BACKENDS``."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_auth.conf import conf
from starterkit_auth.services import backends
from starterkit_core.checks.messages import error, warning


def check_backends(**kwargs: Any) -> list[CheckMessage]:
    """E007 and W005: whether users of a directory can sign in.

    W005 is silent if the project has decided.
    """
    try:
        unasked = [*backends.unasked()]
    except ImportError as failure:
        text = f"AUTHENTICATION_BACKENDS names what cannot be imported: {failure}"
        return [error("starterkit_auth.E007", text, "Correct the dotted path.")]
    if not unasked or "ASK_BACKENDS" in conf.given():
        return []
    text = f"Sign-in does not ask these of AUTHENTICATION_BACKENDS: {unasked}."
    hint = (
        "Set STARTERKIT_AUTH['ASK_BACKENDS'] to True if users have their passwords "
        "there, or if they decide who may sign in, such as that of django-axes; to "
        "False if only passwords that are saved here count."
    )
    return [warning("starterkit_auth.W005", text, hint)]
