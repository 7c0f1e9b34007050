"""Universal addresses and network ids: how rpcbind writes where a service is.

A universal address is text: the host's address, then the port's high and low byte in decimal,
joined by dots (RFC 1833, section 2, and RFC 5665, section 5.2.3).  A network id names transport
and family: ``tcp``, ``udp``, ``tcp6``, ``udp6``, ``local``.
"""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address
from struct import Struct
from struct import error as struct_error
from typing import Final

from nfsgw.rpc.program import Peer

__all__ = [
    "NETIDS",
    "NetidParts",
    "address_from_sockaddr",
    "merge",
    "netid_of",
    "parse_universal",
    "sockaddr_of",
    "universal",
]

NetidParts = tuple[int, bytes, bytes]

NETIDS: Final[dict[str, NetidParts]] = {
    "tcp": (3, b"inet", b"tcp"),
    "udp": (1, b"inet", b"udp"),
    "tcp6": (3, b"inet6", b"tcp"),
    "udp6": (1, b"inet6", b"udp"),
    "local": (3, b"loopback", b"-"),
}
"""Semantics (1 datagrams, 3 a stream with orderly release), protocol family and protocol."""

WILDCARDS: Final = frozenset({"0.0.0.0", "::"})

# struct sockaddr_in and sockaddr_in6 as Linux lays them out; the family is in the machine's order.
_FAMILY: Final = Struct("=H")
_SOCKADDR_IN: Final = Struct("!H4s8x")
_SOCKADDR_IN6: Final = Struct("!HI16sI")


def universal(host: str, port: int) -> str:
    """Return the universal address of a host and a port."""
    return f"{host}.{port >> 8}.{port & 0xFF}"


def parse_universal(address: str) -> tuple[str, int]:
    """Return host and port of a universal address of IPv4 or IPv6.

    :raises ValueError: it is none.
    """
    host, high, low = address.rsplit(".", 2)
    if not all(part.isascii() and part.isdigit() and int(part) < 256 for part in (high, low)):
        raise ValueError(f"not a universal address: {address!r}")
    ip_address(host.partition("%")[0])
    return host, int(high) << 8 | int(low)


def netid_of(peer: Peer) -> str:
    """Return the network id of the transport that a call came over."""
    if peer.transport == "local":
        return "local"
    plain = _plain(peer.local_address)
    return peer.transport + ("6" if ":" in plain else "")


def merge(registered: str, peer: Peer) -> str:
    """Return a registered universal address as this caller can use it.

    A service that listens on all addresses is registered with the wildcard; the caller is given
    the address by which it reached us, since that one certainly works for it.
    """
    try:
        host, port = parse_universal(registered)
    except ValueError:
        return registered  # a local socket's path
    if host not in WILDCARDS:
        return registered
    family_6 = host == "::"
    own = "" if peer.transport == "local" else _plain(peer.local_address)
    if not own or (":" in own) != family_6:
        own = "::1" if family_6 else "127.0.0.1"
    return universal(own, port)


def sockaddr_of(address: str) -> bytes:
    """Return a universal address as a Linux ``struct sockaddr``.

    :raises ValueError: it is not a universal address.
    """
    host, port = parse_universal(address)
    parsed = ip_address(host.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        body = _SOCKADDR_IN6.pack(port, 0, parsed.packed, 0)
        return _FAMILY.pack(socket.AF_INET6) + body
    return _FAMILY.pack(socket.AF_INET) + _SOCKADDR_IN.pack(port, parsed.packed)


def address_from_sockaddr(data: bytes) -> str:
    """Return the universal address of a ``struct sockaddr``.

    :raises ValueError: it is not one of IPv4 or IPv6.
    """
    try:
        (family,) = _FAMILY.unpack_from(data)
        if family == socket.AF_INET:
            port, packed = _SOCKADDR_IN.unpack_from(data, _FAMILY.size)
            return universal(str(ip_address(packed)), port)
        if family == socket.AF_INET6:
            port, _flow, packed, _scope = _SOCKADDR_IN6.unpack_from(data, _FAMILY.size)
            return universal(str(ip_address(packed)), port)
    except struct_error:
        pass
    raise ValueError("not an internet address")


def _plain(address: str) -> str:
    """Return an address without scope, and an IPv4 one without its IPv6 clothes."""
    text = address.partition("%")[0]
    if ":" in text:
        mapped = IPv6Address(text).ipv4_mapped
        if mapped is not None:
            return str(mapped)
    return text
