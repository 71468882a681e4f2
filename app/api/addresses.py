"""Addresses of clients: as far as they are told apart, and as far as they are written down."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

# An IPv6 customer has at least so much for himself; of an IPv4 address the last part is not kept.
_OWN_IPV6, _NOTED_IPV4 = 64, 24


def told_apart(address: str | None) -> str:
    """Give what counts as one client: an IPv4 address, a /64 of IPv6."""
    return _network(address, 32)


def written_down(address: str | None) -> str:
    """Give what stands in a log of an address: its first part, as a network."""
    return _network(address, _NOTED_IPV4)


def is_loopback(address: str | None) -> bool:
    """Say whether a client is on this very machine."""
    parsed = _parse(address)
    return parsed is not None and parsed.is_loopback


def _network(address: str | None, of_ipv4: int) -> str:
    parsed = _parse(address)
    if parsed is None:
        return "unknown"
    length = of_ipv4 if isinstance(parsed, IPv4Address) else _OWN_IPV6
    return str(ip_network((parsed, length), strict=False))


def _parse(address: str | None) -> IPv4Address | IPv6Address | None:
    """Read an address; a client that speaks IPv4 to an IPv6 socket is one of IPv4."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    return getattr(parsed, "ipv4_mapped", None) or parsed
