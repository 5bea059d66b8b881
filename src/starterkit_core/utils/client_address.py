"""The network address of a client, as far as it can be trusted."""

from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

UNKNOWN = "unknown"
"""The network of a client without an address, as behind a unix socket."""

KEPT_BITS = {4: 24, 6: 48}
"""How many leading bits of an address ``coarse`` keeps, by version."""

_LONGEST = 64
"""More characters than any address with brackets, zone and port has."""


def client_address(meta: Mapping[str, str], trusted_proxies: int) -> str:
    """Return the client's IP address in canonical notation, or ``""``.

    Each of the ``trusted_proxies`` in front of us appends the address of its peer to
    ``X-Forwarded-For``, so the entry that many from the right is the client as our
    outermost proxy saw it; entries further left may be forged. With no trusted proxy,
    or no valid entry there, it is the peer of the socket (``REMOTE_ADDR``).

    WSGI joins a repeated header with commas, so repeating it adds on the left only. It
    cannot tell ``X_Forwarded_For`` from ``X-Forwarded-For``: the proxy has to drop
    names with underscores (nginx, gunicorn and Django's runserver do by default).
    """
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    chosen = _from_the_right(forwarded, trusted_proxies) if trusted_proxies > 0 else ""
    address = _parsed(chosen) or _parsed(meta.get("REMOTE_ADDR", ""))
    return str(address) if address else ""


def network_of(address: str) -> str:
    """Return the network under which rate limits count ``address``.

    One household or server gets a whole /64 of IPv6 and may use every address in it.
    """
    parsed = _parsed(address)
    if parsed is None:
        return UNKNOWN
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(ip_network((parsed, 64), strict=False))


def coarse(address: str, precision: str) -> str:
    """Return as much of ``address`` as ``precision`` says: full, truncated or off.

    Truncated is the network in CIDR notation, /24 of IPv4 and /48 of IPv6: enough to
    recognise a place, too little to recognise a household (RFC 6177). ``""`` if it is
    no address.

    >>> coarse("203.0.113.77", "truncated")
    '203.0.113.0/24'
    """
    if precision == "full":
        return address
    parsed = _parsed(address) if precision == "truncated" else None
    if parsed is None:
        return ""
    return str(ip_network((parsed, KEPT_BITS[parsed.version]), strict=False))


def _from_the_right(forwarded: str, number: int) -> str:
    """Return the entry at ``number`` from the right, or ``""``."""
    entries = forwarded.rsplit(",", number)
    return entries[-number] if len(entries) >= number else ""


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in ``text``, with or without brackets, port and zone."""
    text = text.strip()
    return None if len(text) > _LONGEST else _address_in(text)


@lru_cache(maxsize=1024)
def _address_in(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(_without_port(text))
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    # A zone (%eth0) is meaningless outside the host and may be any text: drop it.
    return address.ipv4_mapped or IPv6Address(int(address))


def _without_port(text: str) -> str:
    """Return ``[2001:db8::1]:443`` and ``192.0.2.1:443`` without port and brackets."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
