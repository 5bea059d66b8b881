"""Rate limits on sending, requesting and answering mails with codes.

Each purpose has separate counters: an attacker who requests mails of one kind for
another user's address cannot block mails of another kind.
"""

from collections.abc import Sequence

from starterkit_auth.conf import conf
from starterkit_auth.services.purposes import RULES
from starterkit_core.addresses import canonical_email
from starterkit_core.errors import RateLimited
from starterkit_core.services.limits import (
    Counted,
    Limit,
    clear_all,
    consume,
    consume_all,
)
from starterkit_core.utils.client import Client
from starterkit_core.utils.client_address import network_of

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
    try:
        count_mail(address, purpose, client)
    except RateLimited:
        return False
    return True


def count_mail(address: str, purpose: str, client: Client) -> None:
    """Count one mail to ``address``, as ``has_room`` does.

    Raises:
        RateLimited: it may not be sent; for callers who may know about the address.
        ServiceUnavailable: the cache that counts is down.
    """
    scope = f"mail.{purpose}"
    per_address = _per_address(purpose)
    in_all = Limit.parse(f"{scope}.global", conf.RESEND_GLOBAL_LIMIT)
    share = _share(per_address, f"{scope}.address.network")
    key = canonical_email(address)
    here = f"{network_of(client.address)} {key}"
    consume_all([(share, here), (per_address, key), (in_all, "")])


def _per_address(purpose: str) -> Limit:
    """Return the limit on mails to one address."""
    return Limit.parse(f"mail.{purpose}.address", conf.RESEND_ADDRESS_LIMIT)


def _answers(purpose: str) -> Limit:
    """Return the limit on codes for one address."""
    return Limit.parse(f"answer.{purpose}.address", conf.CONFIRMATION_ADDRESS_LIMIT)


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
        counted.append((_answers(purpose), canonical_email(address)))
    consume_all(counted)
    return counted


def clear(key: str) -> None:
    """Forget the mails to an address, and the codes that were tried for it.

    Its share for each network stays used up.

    Raises:
        ServiceUnavailable: the cache that counts is down.
    """
    limits = [(_per_address(it), _answers(it)) for it in RULES]
    clear_all([(limit, key) for pair in limits for limit in pair])
