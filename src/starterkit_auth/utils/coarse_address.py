"""A network address, as much of it as a project keeps."""

from ipaddress import ip_address, ip_network

PREFIXES = {4: 24, 6: 48}
"""Bits that stay: enough to recognise a place, too few to recognise a household."""


def coarse(address: str, precision: str) -> str:
    """Return ``address`` as ``precision`` says: full, truncated or off.

    >>> coarse("203.0.113.77", "truncated")
    '203.0.113.0/24'
    """
    if not address or precision == "off":
        return ""
    if precision == "full":
        return address
    prefix = PREFIXES[ip_address(address).version]
    return str(ip_network((address, prefix), strict=False))
