"""The events of this module in the audit log."""

from starterkit_auth.conf import conf
from starterkit_core.models import AuditEvent
from starterkit_core.utils.client_address import coarse

ACTION_PREFIX = "auth."
"""What the names of this module's actions begin with."""


def conceal(event: AuditEvent) -> None:
    """Leave of ``event``, in memory, what the account owner may see.

    The network is as coarse as the project keeps it. If another user acted, such as an
    administrator, their network and device stay hidden. An attempt to get in has no
    actor, and is shown.
    """
    if event.actor_id not in {"", event.subject_id}:
        event.address = event.user_agent = ""
    event.address = coarse(event.address, conf.CLIENT_ADDRESS)
