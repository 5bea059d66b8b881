"""Opens an account again whose owner signs in, by whatever module or view.

A deactivated account is active from then on, and a suspension that has ended leaves no
trace in the row.
"""

from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.signals import user_logged_in

from starterkit_core.signals import session_started
from starterkit_users.models.lifecycle import Status, has_ended
from starterkit_users.use_cases.reopen_account import ReopenAccount, ReopenAccountInput


def connect() -> None:
    """Connect the receivers."""
    for signal in (session_started, user_logged_in):
        signal.connect(reopen, dispatch_uid="starterkit_users.reopen")


def reopen(sender: object, user: Any, **facts: Any) -> None:
    """Reopen the account, if there is a reason; otherwise it costs no query."""
    if getattr(user, "status", None) == Status.DEACTIVATED or has_ended(user):
        ReopenAccount.execute(ReopenAccountInput(user=user))
        _keep_session(getattr(facts.get("request"), "session", None), user)


def _keep_session(session: Any, user: Any) -> None:
    """Let the session of Django go on that this sign-in has just opened.

    Django made its hash before the state changed, so it would be refused.
    """
    key = user._meta.pk.value_to_string(user)
    if session is not None and session.get(SESSION_KEY) == key:
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
