"""W003, W012 and W013: what is in the database; with ``--database`` only."""

from typing import Any

from django.core.checks import CheckMessage

from starterkit_auth.services import existing_addresses, retention
from starterkit_core.checks.messages import warning
from starterkit_core.checks.unmigrated import asks_accounts


@asks_accounts
def check_retention(**kwargs: Any) -> list[CheckMessage]:
    """W003: ``auth_purge`` does not run; checked with ``--database`` only."""
    if not retention.is_behind():
        return []
    text = "Sessions or challenges should have been deleted more than a week ago."
    return [warning("starterkit_auth.W003", text, "Run auth_purge once a day.")]


@asks_accounts
def check_addresses(**kwargs: Any) -> list[CheckMessage]:
    """W012 and W013: these accounts cannot sign in; with ``--database`` only."""
    shared = existing_addresses.count_shared()
    unusable = existing_addresses.count_unusable()
    found = []
    if shared:
        text = f"{shared} address(es) belong to several accounts: the oldest signs in."
        hint = "Choose who keeps them: manage.py auth_addresses --keep oldest."
        found.append(warning("starterkit_auth.W012", text, hint))
    if unusable:
        text = f"{unusable} account(s) cannot sign in: no address, or a malformed one."
        hint = "manage.py auth_addresses lists them; correct them in the user model."
        found.append(warning("starterkit_auth.W013", text, hint))
    return found
