"""The keys of addresses that a change of the project's rule concerns.

Those of ``Challenge`` and ``PendingRegistration`` are not among them: code and link of
a mail are derived from them, and they are over soon.
"""

from starterkit_auth.models import EmailAddress
from starterkit_core.db.address_keys import AddressKeys
from starterkit_core.ports import address_keys


def register() -> None:
    """Register these columns at core's ``address_keys`` port."""
    address_keys.register("starterkit_auth", all_keys)


def all_keys() -> list[AddressKeys]:
    """Return the columns of the addresses that users registered or proved."""
    return [
        AddressKeys(model=EmailAddress, address="address", key="key", account="user_id")
    ]
