"""Posts to an address that a stranger chose, and to nothing inside: each connection looks where it leads.

The name is looked up once for a connection, all that it stands for must be public, and the connection goes to what was
checked: a second answer of the name's owner has no effect. No redirect is followed, no proxy asked, nothing read but
the status, and all of it ends within a time.
"""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

SECONDS = 10  # for all of it
PORTS = (443, 8443)
MOST = 500  # characters of an address
_NAT64 = ip_network("64:ff9b::/96")  # an IPv4 address is in its last bits (RFC 6052)
# One sentence for both: nobody finds out which names there are inside.
NO_WAY = "its name cannot be found, or leads to an address that is not on the public internet"
_GLOBAL = ip_network("2000::/3")  # all of IPv6 that was given to anybody (RFC 4291, 2.4); the rest may lead inside
_6TO4 = ip_network("2002::/16")  # ... in the bits after the first 16 (RFC 3056)

Address = IPv4Address | IPv6Address


class BadUrl(ValueError):
    """Its text says what is wrong and what to write instead."""


class NotPublic(OSError):
    """It leads, or may lead, to what is not on the public internet."""


class NotFound(OSError):
    """No address is known for that name."""


def is_public(address: Address) -> bool:
    """Whether anybody on the internet can reach it. What hides another address in it is as that."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped
        if address in _NAT64:
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        elif address in _6TO4:
            inside = IPv4Address(int(address) >> 80 & 0xFFFFFFFF)
        if address.teredo:
            return False
        if inside:
            return is_public(inside)
        if address not in _GLOBAL:
            return False
    return address.is_global and not address.is_multicast


def look_up(host: str, port: int) -> Sequence[str]:
    """By this machine's resolver. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True)
class Door:
    """How one gets out. A test has one that leads to its own machine."""

    look_up: Callable[[str, int], Sequence[str]] = look_up
    is_public: Callable[[Address], bool] = is_public
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context
    seconds: float = SECONDS

    def way_to(self, host: str, port: int) -> list[str]:
        """The addresses of that host. Raises NotPublic where one is not public, NotFound where there are none."""
        try:
            found = [ip_address(text.partition("%")[0]) for text in self.look_up(host, port)]
        except (OSError, UnicodeError, ValueError) as error:
            raise NotFound(NO_WAY) from error
        if not found:
            raise NotFound(NO_WAY)
        if not all(map(self.is_public, found)):
            raise NotPublic(NO_WAY)
        return [*dict.fromkeys(map(str, found))]


OUT = Door()


def read_url(typed: str, *, is_local: bool = False) -> str:
    """As it is posted to. Raises BadUrl. Where it leads is not looked up here."""
    url = typed.strip()
    if not url:
        raise BadUrl("Enter the address of your program")
    if len(url) > MOST:
        raise BadUrl(f"The address must be {MOST} characters or fewer")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except (ValueError, UnicodeError) as error:
        raise BadUrl("Enter a whole address, like https://example.com/roadmap") from error
    schemes = ("https", "http") if is_local else ("https",)
    if (
        parts.scheme not in schemes
        or not host
        or not url.isascii()
        or not url.isprintable()
        or set(url) & set(' \\<>"')
    ):
        raise BadUrl("Enter a whole address that begins with https://, like https://example.com/roadmap")
    if parts.username is not None or parts.password is not None:
        raise BadUrl("The address must have no name or password in it: check the signature instead")
    if parts.fragment:
        raise BadUrl("The address must have nothing after a #")
    if not is_local and port not in (None, *PORTS):
        raise BadUrl(f"The address must have no port, or one of {' and '.join(map(str, PORTS))}")
    return url


@dataclass(frozen=True)
class Reply:
    status: int
    retry_after: datetime.timedelta | None = None


def post(url: str, body: bytes, headers: Mapping[str, str], door: Door = OUT) -> Reply:
    """What was said to it. Raises OSError, of which the text can be shown to whoever chose the address."""
    parts = urlsplit(url)
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    connection = _Connection(host, parts.port or (443 if is_secure else 80), door, is_secure=is_secure)
    path = f"{parts.path or '/'}{'?' * bool(parts.query)}{parts.query}"
    ends = threading.Timer(door.seconds, connection.cut)
    ends.daemon = True
    ends.start()
    try:
        connection.request("POST", path, body, {**headers, "Connection": "close"})
        answer = connection.getresponse()
        return Reply(answer.status, _seconds(answer.headers.get("Retry-After", "")))
    except (NotPublic, NotFound):
        raise
    except ssl.SSLError as error:
        raise _failed(connection, "its certificate is not right") from error
    except ConnectionRefusedError as error:
        raise _failed(connection, "nothing answers there") from error
    except (OSError, HTTPException, ValueError) as error:
        raise _failed(connection, "the connection was lost") from error
    finally:
        ends.cancel()
        connection.close()


def _failed(connection: "_Connection", why: str) -> OSError:
    return OSError("it did not answer in time" if connection.is_late else why)


def _seconds(value: str) -> datetime.timedelta | None:
    """Of Retry-After; a date in it is not read."""
    is_number = value.isascii() and value.isdigit() and len(value) <= 6
    return datetime.timedelta(seconds=int(value)) if is_number else None


class _Connection(HTTPConnection):
    """To what was checked, whatever the name stands for a moment later."""

    def __init__(self, host: str, port: int, door: Door, *, is_secure: bool):
        super().__init__(host, port, timeout=door.seconds)
        self._door, self._is_secure = door, is_secure
        self.is_late = False
        self.default_port = 443 if is_secure else 80
        self.sock: Any = None

    def connect(self) -> None:
        first: OSError | None = None
        for address in self._door.way_to(self.host, self.port)[:4]:
            if self.is_late:
                break
            try:
                self.sock = socket.create_connection((address, self.port), self._door.seconds / 2)
                break
            except OSError as error:
                first = first or error
        if self.sock is None:
            raise first or OSError("no address")
        if self._is_secure:
            wrapped = self._door.context().wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = wrapped  # from here on it can be cut
            wrapped.do_handshake()
        if self.is_late:
            raise OSError("too late")

    def cut(self) -> None:
        """By another thread, when the time is over: whoever sends a byte now and then does not hold us up."""
        self.is_late = True
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
