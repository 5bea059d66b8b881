"""Who may see the details of ``/readyz``: by default no client at all."""

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from starterkit_core.conf import conf, until_settings_change
from starterkit_core.utils.client_address import client_address


def may_see_details(request: HttpRequest) -> bool:
    """Return whether the client has the token, or an address in an allowed network."""
    return _has_token(request) or _is_in_a_network(request)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    is_bearer = scheme.lower() == "bearer" and bool(conf.HEALTH_TOKEN)
    return is_bearer and constant_time_compare(token.strip(), conf.HEALTH_TOKEN)


def _is_in_a_network(request: HttpRequest) -> bool:
    """Return whether the address of the client is in ``HEALTH_NETWORKS``.

    With an ``X-Forwarded-For`` although the settings know of no proxy, the address is
    that of a proxy, which all its clients share: then it is False.
    """
    is_hidden = not conf.TRUSTED_PROXIES and "X-Forwarded-For" in request.headers
    address = client_address(request.META, conf.TRUSTED_PROXIES)
    if is_hidden or not address:
        return False
    return any(ip_address(address) in network for network in _networks())


@until_settings_change
def _networks() -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, conf.HEALTH_NETWORKS))
