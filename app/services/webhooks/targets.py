"""Where an endpoint may be: on the open internet, by https, and nowhere near this machine.

A URL is looked at when it is written down. The addresses that its name stands
for are looked at when something is sent, and the connection goes to that very
address, so that no second answer of the name server counts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from app.models import URL_LENGTH

_HTTPS_PORT = 443
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?=.{{4,253}}\Z)(?:{_LABEL}\.)+{_LABEL}")
# Whatever ends like a number is an IPv4 address to some: 2130706433, 0x7f.1, 017700000001.
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)")
_CLOSED_NAMES = (
    ".localhost",
    ".localdomain",
    ".local",
    ".internal",
    ".lan",
    ".home.arpa",
    ".onion",
    ".test",
    ".invalid",
)
_PLAIN = re.compile(r"[!-~]+")

# Source: https://www.iana.org/assignments/iana-ipv4-special-registry and ...-ipv6-special-registry.
_CLOSED = [
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
        # Of IPv6 only 2000::/3 is given out; these are special. 6to4 and Teredo hold IPv4 addresses.
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
]
_GIVEN_OUT = ip_network("2000::/3")


class Refused(Exception):
    """A target to which nothing is sent; its text says why, for whoever looks after the endpoint."""


@dataclass(frozen=True)
class Target:
    """Where to send: a URL taken apart.

    Attributes:
        host: name or address, in small letters.
        port: of TCP.
        path: with the query string.
        is_tls: by https.
        authority: as it stands in the Host header.
    """

    host: str
    port: int
    path: str
    is_tls: bool
    authority: str


def read_target(url: str, *, allows_loopback: bool) -> Target:
    """Take the URL of an endpoint apart.

    Args:
        url: as somebody wrote it.
        allows_loopback: this machine will do, also by http and at any port.

    Raises:
        Refused: nothing is sent there, whatever its name stands for.
    """
    if len(url) > URL_LENGTH or not _PLAIN.fullmatch(url) or "\\" in url or "#" in url:
        raise Refused("Must be an https URL in ASCII, without a fragment.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Refused("Must be an https URL, such as https://hooks.example/atlas.") from None
    if "@" in parts.netloc or "%" in parts.netloc:
        raise Refused("Must not hold a user, a password or escapes before the path.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if allows_loopback and host in _LOOPBACK_NAMES and parts.scheme in {"http", "https"}:
        is_tls = parts.scheme == "https"
        return Target(host, port or (_HTTPS_PORT if is_tls else 80), path, is_tls, parts.netloc)
    if parts.scheme != "https":
        raise Refused("Must be an https URL.")
    if port not in {None, _HTTPS_PORT} or parts.netloc.endswith(":"):
        raise Refused("Must be at port 443.")
    _check_host(host)
    return Target(host, _HTTPS_PORT, path, is_tls=True, authority=parts.netloc)


def choose_address(target: Target, addresses: Iterable[str], *, allows_loopback: bool) -> str:
    """Choose the address to connect to, of those that a name stands for.

    Raises:
        Refused: there is none, or one of them is not on the open internet.
    """
    found = list(addresses)
    may_be_here = allows_loopback and target.host in _LOOPBACK_NAMES
    if not found:
        raise Refused("The name stands for no address.")
    for address in found:
        parsed = ip_address(address)
        if not (parsed.is_loopback if may_be_here else is_open(parsed)):
            raise Refused("The name stands for an address that is not on the open internet.")
    return found[0]


def is_open(address: IPv4Address | IPv6Address) -> bool:
    """Say whether an address is one of the open internet, in its plain form."""
    if address.version == 6 and address not in _GIVEN_OUT:  # noqa: PLR2004  # the version of IP
        return False
    return not any(address in network for network in _CLOSED if network.version == address.version)


def _check_host(host: str) -> None:
    try:
        parsed = ip_address(host)
    except ValueError:
        if not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise Refused("Must name a host by its full name.") from None
        if host.endswith(_CLOSED_NAMES):
            raise Refused("Must name a host of the open internet.") from None
        return
    if not is_open(parsed):
        raise Refused("Must be an address of the open internet.")
