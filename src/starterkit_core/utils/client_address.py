"""The network address of a client, as far as it can be trusted."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

UNKNOWN = "unknown"
"""The network of a client without an address, as behind a unix socket."""

KEPT_BITS = {4: 24, 6: 48}
"""How many leading bits of an address ``coarse`` keeps, by version."""

_LONGEST = 64
"""More characters than any address with brackets, zone and port has."""


def client_address(meta: Mapping[str, str], trusted_proxies: int) -> str:
    """Return the client's IP address in its one spelling, or nothing.

    Each of the ``trusted_proxies`` in front of us adds the address it was called from
    to the end of ``X-Forwarded-For``, so that many from the right is the client as
    our outermost proxy saw it; what stands further left may be invented. With no
    trusted proxy, or when the header does not hold that, it is the peer of the socket.

    WSGI joins a repeated header with commas, so repeating it adds on the left only. It
    cannot tell ``X_Forwarded_For`` from ``X-Forwarded-For``: the proxy has to drop
    names with underscores (nginx, gunicorn and Django's runserver do by default).
    """
    forwarded = meta.get("HTTP_X_FORWARDED_FOR", "")
    chosen = _from_the_right(forwarded, trusted_proxies) if trusted_proxies > 0 else ""
    address = _parsed(chosen) or _parsed(meta.get("REMOTE_ADDR", ""))
    return str(address) if address else ""


def network_of(address: str) -> str:
    """Return the network to count ``address`` under.

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
    recognise a place, too little to recognise a household (RFC 6177). ``""`` for what
    is no address.

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
    """Return the entry that stands at ``number`` from the right, if there is one."""
    entries = forwarded.rsplit(",", number)
    return entries[-number] if len(entries) >= number else ""


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address in ``text``, which may have brackets, a port and a zone."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        address = ip_address(_without_port(text))
    except ValueError:
        return None
    if isinstance(address, IPv4Address):
        return address
    # A zone (%eth0) means nothing outside the host and may be any text: leave it out.
    return address.ipv4_mapped or IPv6Address(int(address))


def _without_port(text: str) -> str:
    """Return ``[2001:db8::1]:443`` and ``192.0.2.1:443`` without port and brackets."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text
