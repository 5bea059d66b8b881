"""Rate limits on sending, requesting and answering mails with codes.

Each purpose has separate counters: an attacker who requests mails of one kind for
another user's address cannot block mails of another kind.
"""

from collections.abc import Sequence

from starterkit_auth.conf import conf
from starterkit_core.errors import RateLimited
from starterkit_core.services.limits import Counted, Limit, consume, consume_all
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of
from starterkit_core.utils.emails import canonical_email

SHARES = 2
"""One network may use up at most half of the mails to one address."""

SMALLEST_SHARE = 3
"""Each network may ask for this many, if the limit of the address allows it."""


def has_room(address: str, purpose: str, client: Client) -> bool:
    """Count one mail to ``address`` and return whether it may be sent.

    The network of ``client`` has a share of the mails to this address, so an attacker
    in another one leaves room for the owner, even by requests at the same moment.

    Raises:
        ServiceUnavailable: the cache that counts is down.
    """
    scope = f"mail.{purpose}"
    per_address = Limit.parse(f"{scope}.address", conf.RESEND_ADDRESS_LIMIT)
    in_all = Limit.parse(f"{scope}.global", conf.RESEND_GLOBAL_LIMIT)
    share = _share(per_address, f"{scope}.address.network")
    key = canonical_email(address)
    here = f"{network_of(client.address)} {key}"
    try:
        consume_all([(share, here), (per_address, key), (in_all, "")])
    except RateLimited:
        return False
    return True


def _share(limit: Limit, scope: str) -> Limit:
    """Return the limit of one network."""
    return Limit(scope, max(limit.times // SHARES, SMALLEST_SHARE), limit.per)


def count_request(purpose: str, client: Client) -> None:
    """Count one request for a mail from the network of ``client``.

    The address is not counted, so the response does not depend on it.

    Raises:
        RateLimited: too many requests from this network.
        ServiceUnavailable: the cache that counts is down.
    """
    network = Limit.parse(f"mail.{purpose}.network", conf.RESEND_NETWORK_LIMIT)
    consume(network, network_of(client.address))


def count_try(purpose: str, client: Client, *, address: str = "") -> Sequence[Counted]:
    """Count one answer from the network of ``client``, and return what counts it.

    An answer by code also counts for its ``address``, whether or not it has an account.

    Raises:
        RateLimited: too many answers from this network or for this address.
        ServiceUnavailable: the cache that counts is down.
    """
    rate = conf.CONFIRMATION_NETWORK_LIMIT
    network = Limit.parse(f"answer.{purpose}.network", rate)
    counted = [(network, network_of(client.address))]
    if address:
        rate = conf.CONFIRMATION_ADDRESS_LIMIT
        per_address = Limit.parse(f"answer.{purpose}.address", rate)
        counted.append((per_address, canonical_email(address)))
    consume_all(counted)
    return counted
