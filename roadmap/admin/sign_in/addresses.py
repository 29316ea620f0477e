"""Where a request comes from, as far as limits go: a network, and whether it stands for one person or for a proxy.

Where it comes from at all is said by AXES_CLIENT_IP_CALLABLE, that is by BEHIND_PROXY: roadmap_site/proxy.py.
"""

import ipaddress
import logging

from axes.helpers import get_client_ip_address
from django.conf import settings
from django.http import HttpRequest

logger = logging.getLogger(__name__)

# Where a proxy of ours stands: this machine, and private networks.
OWN_NETWORKS = [
    ipaddress.ip_network(net)
    for net in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1", "fc00::/7")
]
IPV6_OF_ONE = 64  # bits: what a provider gives to each customer, who has all addresses of it
IPV6_OF_MANY = 48  # ... and at most to one of them


def address_of(request: HttpRequest) -> str:
    """ "192.0.2.1"; empty where it is no address at all."""
    return _plain(str(get_client_ip_address(request) or ""))


def networks_of(address: str) -> list[str]:
    """Whose addresses are taken for one: smallest first."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return [""]
    if found.version == 4:
        return [str(found)]
    return [str(ipaddress.ip_network((found, bits), strict=False)) for bits in (IPV6_OF_ONE, IPV6_OF_MANY)]


def proxy_fault(request: HttpRequest) -> str:
    """What is wrong with BEHIND_PROXY, where everybody seems to come from a proxy of ours; empty where nothing is."""
    address, forwarded = address_of(request), request.headers.get("X-Forwarded-For", "")
    if not forwarded or not _is_private(address):
        return ""
    if not settings.BEHIND_PROXY:
        return "A proxy stands before this site, and BEHIND_PROXY is not set."
    if "," in forwarded:
        return "Two proxies stand before this site, and the second hides who asks the first."
    return ""


def tell_proxy_fault(request: HttpRequest) -> str:
    """`proxy_fault`, logged too."""
    if fault := proxy_fault(request):
        logger.error("%s All who sign in seem to come from %s, and share its limits.", fault, address_of(request))
    return fault


def _plain(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def _is_private(address: str) -> bool:
    found = ipaddress.ip_address(address) if address else None
    return found is not None and any(found.version == net.version and found in net for net in OWN_NETWORKS)
