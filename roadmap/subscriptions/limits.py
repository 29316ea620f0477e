"""How often the public form may be sent: for one address, from one network, and in all. No puzzle, and nobody is named.

What was sent is remembered for a day, by digests: neither an address nor a network can be read from them.
"""

import datetime
import hmac
import ipaddress
from enum import Enum

from django.conf import settings
from django.db.models import Count, Q

from roadmap.models.subscription import SubscriptionRequest

A_DAY = datetime.timedelta(days=1)
AN_HOUR = datetime.timedelta(hours=1)
TO_AN_ADDRESS = 5  # mails a day, for whoever asked and for whoever did not
FROM_A_NETWORK = 30  # an hour: many people of one office may be behind one address
IN_ALL = 600  # an hour

_IPV6_NETWORK = 64  # bits: what one customer has at the least (RFC 6177)


class Limit(Enum):
    ADDRESS = "address"
    NETWORK = "network"
    ALL = "all"


def passed_limit(key: str, network: str, now: datetime.datetime) -> Limit | None:
    """Which limit one more would pass; otherwise it is counted. A clock that was set back forgets nothing."""
    address_digest, network_digest = _digest("address", key), _digest("network", network)
    day, hour = Q(asked_at__gt=now - A_DAY), Q(asked_at__gt=now - AN_HOUR)
    counted = SubscriptionRequest.objects.filter(day).aggregate(
        address=Count("pk", filter=Q(address_digest=address_digest)),
        network=Count("pk", filter=hour & Q(network_digest=network_digest)),
        all=Count("pk", filter=hour),
    )
    if counted["all"] >= IN_ALL:
        return Limit.ALL
    if counted["network"] >= FROM_A_NETWORK:
        return Limit.NETWORK
    SubscriptionRequest.objects.create(asked_at=now, address_digest=address_digest, network_digest=network_digest)
    return Limit.ADDRESS if counted["address"] >= TO_AN_ADDRESS else None


def network_of(address: str) -> str:
    """Of an IP address: of IPv6, all that one customer has."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 6 and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    bits = _IPV6_NETWORK if found.version == 6 else 32
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def _digest(what: str, value: str) -> str:
    return hmac.digest(settings.SECRET_KEY.encode(), f"{what}:{value}".encode(), "sha256").hex()
