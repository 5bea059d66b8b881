"""Network addresses as evidence: enough to tell a country, not a household."""

from ipaddress import ip_address, ip_network

PREFIXES = {4: 24, 6: 48}
"""How many leading bits stay: the network of a provider's customers (RFC 6177)."""


def kept_address(address: str, policy: str) -> str:
    """Return what may be stored under the policy ``off``, ``truncated`` or ``full``."""
    if policy == "full":
        return address
    return truncated(address) if policy == "truncated" else ""


def truncated(address: str) -> str:
    """Return the first address of the network, or nothing when this is no address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    network = ip_network((parsed, PREFIXES[parsed.version]), strict=False)
    return str(network.network_address)
