"""Which clients a rule is for: the machine names of exports(5), and how an address matches them.

Five kinds, in the order in which exports(5) lets them win, whatever their order on the line:
single host, network, wildcard, netgroup, anonymous (``*``).  Among equals the first one wins.

Nothing here looks anything up: names have been turned into addresses before (:class:`KnownNames`),
so that matching never waits for DNS.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from fnmatch import fnmatchcase
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

__all__ = [
    "Address",
    "Client",
    "ClientKind",
    "KnownNames",
    "matches",
    "parse_address",
    "parse_client",
]

Address = IPv4Address | IPv6Address

_HOST_NAME = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?\Z")
_NAME_BYTES_MAX = 253


class ClientKind(IntEnum):
    """How a client is specified; the lower number wins (exports(5), "Machine Name Formats")."""

    HOST = 0
    NETWORK = 1
    WILDCARD = 2
    NETGROUP = 3
    ANYONE = 4
    LOCAL = 5
    """This machine; only where there is no exports file."""


@dataclass(frozen=True, slots=True)
class Client:
    """One client specification.

    :param text: as written, for ``showmount -e`` and messages.
    :param name: host name or pattern in lower case, or netgroup without ``@``; else empty.
    :param network: for HOST given by address (a network of one) and NETWORK; else None.
    """

    text: str
    kind: ClientKind
    name: str = ""
    network: IPv4Network | IPv6Network | None = None


LOCAL_CLIENT = Client("localhost", ClientKind.LOCAL)


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What names meant when they were last looked up.

    :param hosts: addresses of each host name that a rule mentions.
    :param netgroups: addresses of each netgroup's members.
    :param local: addresses of this machine, besides the loopback ones.
    """

    hosts: Mapping[str, frozenset[Address]] = field(default_factory=dict)
    netgroups: Mapping[str, frozenset[Address]] = field(default_factory=dict)
    local: frozenset[Address] = frozenset()


def parse_address(text: str) -> Address:
    """Read a peer's address; an IPv4 one in IPv6 clothes (``::ffff:``) comes out as IPv4.

    :raises ValueError: it is not an address.
    """
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def parse_client(text: str) -> Client:
    """Read one machine name of an exports file.

    :raises ValueError: it is none; the text says why, for a person.
    """
    if text == "*":
        return Client(text, ClientKind.ANYONE)
    if text.startswith("@"):
        if len(text) == 1 or not text.isprintable():
            raise ValueError("a netgroup needs a name: @NAME")
        return Client(text, ClientKind.NETGROUP, name=text[1:])
    if text.startswith("gss/"):
        raise ValueError(f"{text}: Kerberos security is not built yet; use sec=sys")
    if "/" in text:
        return Client(text, ClientKind.NETWORK, network=_network(text))
    if any(sign in text for sign in "*?["):
        return _wildcard(text)
    try:
        address = parse_address(text)
    except ValueError:
        return _named(text)
    return Client(text, ClientKind.HOST, network=ip_network(address))


def matches(client: Client, address: Address, names: Iterable[str], known: KnownNames) -> bool:
    """Say whether a client specification covers an address.

    :param names: the address's host names, confirmed by looking them up forward; only WILDCARD
        asks for them.
    """
    match client.kind:
        case ClientKind.HOST if client.network is None:
            return address in known.hosts.get(client.name, ())
        case ClientKind.HOST | ClientKind.NETWORK:
            return client.network is not None and address in client.network
        case ClientKind.WILDCARD:
            return any(fnmatchcase(name.lower(), client.name) for name in names)
        case ClientKind.NETGROUP:
            return address in known.netgroups.get(client.name, ())
        case ClientKind.LOCAL:
            return address.is_loopback or address in known.local
        case _:
            return True


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise ValueError(
            f"{text}: not a network; write ADDRESS/BITS or ADDRESS/NETMASK, such as "
            "192.168.0.0/24 or 192.168.0.0/255.255.255.0"
        ) from None


def _wildcard(text: str) -> Client:
    if re.fullmatch(r"[0-9.*?:\[\]-]+", text):
        raise ValueError(
            f"{text}: wildcards match host names, not addresses; write a network such as "
            "192.168.0.0/16"
        )
    # fnmatch negates a class with "!", shells and exports(5) also with "^".
    pattern = text.lower().rstrip(".").replace("[^", "[!")
    if not text.isprintable() or len(text) > _NAME_BYTES_MAX:
        raise ValueError("not a host name pattern")
    return Client(text, ClientKind.WILDCARD, name=pattern)


def _named(text: str) -> Client:
    if not _HOST_NAME.match(text) or len(text) > _NAME_BYTES_MAX:
        raise ValueError(f"{text!r}: neither a host name nor an address")
    if re.fullmatch(r"[0-9.]+", text):
        raise ValueError(f"{text}: not a complete address")
    return Client(text, ClientKind.HOST, name=text.lower().rstrip("."))
