"""Signals of what happened, sent after the commit with keyword arguments ("facts").

Modules and hosts connect to them, so that none has to import another. Names are past
participles. An exception in a receiver is logged; the other receivers still run.

=====================  ============================================================
Signal                 Facts
=====================  ============================================================
account_registered     user, address
account_created        user, actor (an administrator, or None)
invitation_accepted    user, address
address_confirmed      user, address
account_updated        user, fields
roles_changed          user, former, roles (keys, in their order)
status_changed         user, former, status (names such as ``suspended``)
session_started        user, session, new_device (true or false)
session_ended          user, session, reason
token_replayed         user, session
impersonation_started  user, impersonator
impersonation_ended    user, impersonator
password_changed       user, how (``change`` or ``reset``), session (or None), event
email_changed          user, former, address, session (or None), event
terms_accepted         user, versions
consent_given          user, consent (its key), version
consent_withdrawn      user, consent (its key), version, reason (``withdrawn``,
                       ``refused`` or ``expired``)
version_published      version
=====================  ============================================================
"""

from typing import Any

from django.dispatch import Signal

from starterkit_core.db.databases import after_commit

account_registered = Signal()
account_created = Signal()
invitation_accepted = Signal()
address_confirmed = Signal()
account_updated = Signal()
roles_changed = Signal()
status_changed = Signal()
session_started = Signal()
session_ended = Signal()
token_replayed = Signal()
impersonation_started = Signal()
impersonation_ended = Signal()
password_changed = Signal()
email_changed = Signal()
terms_accepted = Signal()
consent_given = Signal()
consent_withdrawn = Signal()
version_published = Signal()


def announce(signal: Signal, sender: type, **facts: Any) -> None:
    """Send ``signal`` after the commit, or immediately outside of a transaction."""
    after_commit(lambda: signal.send_robust(sender, **facts))
