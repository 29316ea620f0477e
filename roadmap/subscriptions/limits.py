"""How often the public form may be sent: for one address, from one network, and in all. No puzzle, and nobody is named.

What was sent is remembered for a day, by digests: neither an address nor a network can be read from them.
"""

import datetime
import hmac
import ipaddress
from enum import Enum
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q

from roadmap.models.subscription import SubscriptionRequest

A_DAY = datetime.timedelta(days=1)
AN_HOUR = datetime.timedelta(hours=1)
TO_AN_ADDRESS = 5  # mails a day, for whoever asked and for whoever did not
FROM_A_NETWORK = 30  # an hour: many people of one office may be behind one address
IN_ALL = 600  # an hour
WEBHOOKS = 10  # an hour that one person makes, or tries to: each asks where a name leads

_IPV6_NETWORK = 64  # bits: what one customer has at the least (RFC 6177)


class Limit(Enum):
    ADDRESS = "address"
    NETWORK = "network"
    ALL = "all"


def passed_limit(key: str, network: str, now: datetime.datetime) -> Limit | None:
    """Which limit one more would pass; otherwise it is counted. A clock that was set back forgets nothing."""
    address_digest, network_digest = _digest("address", _mailbox(key)), _digest("network", network)
    day, hour = Q(asked_at__gt=now - A_DAY), Q(asked_at__gt=now - AN_HOUR)
    counted = SubscriptionRequest.objects.filter(day).aggregate(
        address=Count("pk", filter=Q(address_digest=address_digest)),
        network=Count("pk", filter=hour & Q(network_digest=network_digest)),
        all=Count("pk", filter=hour & ~Q(network_digest="")),
    )
    if counted["all"] >= IN_ALL:
        return Limit.ALL
    if counted["network"] >= FROM_A_NETWORK:
        return Limit.NETWORK
    SubscriptionRequest.objects.create(asked_at=now, address_digest=address_digest, network_digest=network_digest)
    return Limit.ADDRESS if counted["address"] >= TO_AN_ADDRESS else None


def may_make_webhook(subscriber: UUID, now: datetime.datetime) -> bool:
    """Whether this person may have us look where another name leads; then it is counted."""
    digest = _digest("webhook", subscriber.hex)
    if SubscriptionRequest.objects.filter(address_digest=digest, asked_at__gt=now - AN_HOUR).count() >= WEBHOOKS:
        return False
    SubscriptionRequest.objects.create(asked_at=now, address_digest=digest, network_digest="")
    return True


def _mailbox(key: str) -> str:
    """Where "kim+1@example.com" and "kim+2@example.com" arrive, as many as somebody thinks of."""
    local, _, domain = key.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


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
