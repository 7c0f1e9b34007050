"""Where a program of another machine listens: a question to the port mapper there.

IPv4 is asked by version 2 (GETPORT), which every port mapper has.  IPv6 is asked by versions 4 and
3 (GETADDR), which answer for the transport that they are called over, so that one is used.  Only
the port of an answer counts: whom we call is decided by whoever asks us.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Final, Protocol

from nfsgw.errors import NfsgwError
from nfsgw.portmap.address import parse_universal
from nfsgw.portmap.displaced import Key
from nfsgw.portmap.registration import PORT
from nfsgw.portmap.registry import SHADOWED_PROGRAMS
from nfsgw.rpc.client import Caller, CallTimeout, ConnectionFailed, Remote
from nfsgw.rpc.message import ProgramMismatch
from nfsgw.xdr.generated import portmap as wire2
from nfsgw.xdr.generated import rpcbind as wire

__all__ = ["ConnectTo", "NotRegistered", "PortLookup"]

TIMEOUT_S: Final = 3.0
"""For each transport that is tried, the connection included."""
_ADDRESS_BYTES_MAX: Final = 128
_PROTOCOLS: Final = {"tcp": wire2.IPPROTO_TCP, "udp": wire2.IPPROTO_UDP}

_GETPORT: Final = Remote(
    wire2.PMAP_PROG,
    wire2.PMAP_VERS,
    wire2.PMAPPROC_GETPORT,
    wire2.PORTMAPPacker,
    wire2.PORTMAPUnpacker,
    wire2.PORTMAPPacker.pack_mapping,
    wire2.PORTMAPUnpacker.unpack_uint,
)
_GETADDR: Final = [
    Remote(
        wire.RPCBPROG,
        version,
        wire.RPCBPROC_GETADDR,
        wire.RPCBINDPacker,
        wire.RPCBINDUnpacker,
        wire.RPCBINDPacker.pack_rpcb,
        wire.RPCBINDUnpacker.unpack_rpcb_string,
    )
    for version in (wire.RPCBVERS4, wire.RPCBVERS)
]


class NotRegistered(NfsgwError):
    """The port mapper was asked, and does not know the program."""


class ConnectTo(Protocol):
    """Makes RPC clients; ``rpc.outgoing.Outgoing.connect`` is one."""

    async def __call__(
        self,
        transport: str,
        address: str,
        port: int,
        *,
        source: str = "",
        reserved: bool = False,
        timeout_s: float = 10.0,
    ) -> Caller:
        """Connect over ``"tcp"`` or ``"udp"``; ConnectionFailed if that cannot be."""


class PortLookup:
    """Looks up ports; keeps nothing.

    :param connect: makes connections.
    :param local_addresses: returns all addresses of this machine.
    :param others: returns where this machine's own NLM and NSM are (see
        :mod:`nfsgw.portmap.displaced`), since asking would give ours; None if ours are not
        registered anywhere, so that asking is right.
    """

    def __init__(
        self,
        connect: ConnectTo,
        local_addresses: Callable[[], Collection[str]],
        others: Callable[[], Mapping[Key, str] | None],
    ) -> None:
        self._connect = connect
        self._local_addresses = local_addresses
        self._others = others

    async def find(
        self, address: str, program: int, version: int, transport: str, source: str = ""
    ) -> int:
        """Return the port of a program at a numeric address, 1 to 65535.

        :param transport: ``"tcp"`` or ``"udp"``: what the program is to be called over.
        :param source: our address to ask from; empty lets the kernel choose.
        :raises NotRegistered: it is not known there.
        :raises ConnectionFailed, CallTimeout, RpcError: the port mapper cannot be asked.
        """
        if program in SHADOWED_PROGRAMS and self._is_local(address):
            others = self._others()
            if others is not None:
                return _find_local(others, address, program, version, transport)
        first, *more = [transport] if ":" in address else ["udp", "tcp"]
        try:
            port = await self._ask(first, address, program, version, transport, source)
        except (ConnectionFailed, CallTimeout):
            if not more:
                raise
            port = await self._ask(more[0], address, program, version, transport, source)
        if not 0 < port < 65536:
            raise NotRegistered(f"{address} has no program {program} over {transport}")
        return port

    def _is_local(self, address: str) -> bool:
        return ip_address(address).is_loopback or address in self._local_addresses()

    async def _ask(
        self, by: str, address: str, program: int, version: int, transport: str, source: str
    ) -> int:
        """Return the port that a port mapper gives, asked over ``by``; 0 if none."""
        client = await self._connect(by, address, PORT, source=source, timeout_s=TIMEOUT_S)
        try:
            if ":" in address:
                return await _get_address(client, program, version, transport + "6")
            mapping = wire2.mapping(program, version, _PROTOCOLS[transport], 0)
            port: int = await client.call(_GETPORT, mapping)
            return port
        finally:
            client.close()


async def _get_address(client: Caller, program: int, version: int, netid: str) -> int:
    question = wire.rpcb(program, version, netid.encode(), b"", b"")
    newer, older = _GETADDR
    try:
        answer: bytes = await client.call(newer, question)
    except ProgramMismatch:
        answer = await client.call(older, question)
    if not answer:
        return 0
    try:
        return parse_universal(answer[:_ADDRESS_BYTES_MAX].decode("ascii"))[1]
    except ValueError as error:
        raise NotRegistered(f"an impossible address: {answer[:_ADDRESS_BYTES_MAX]!r}") from error


def _find_local(
    others: Mapping[Key, str], address: str, program: int, version: int, transport: str
) -> int:
    """Return the port that this machine's own program registered, for the address's family.

    One that listens on IPv6 only, for both families, is found for IPv4 too.
    """
    netids = [transport + "6"] if ":" in address else [transport, transport + "6"]
    for netid in netids:
        try:
            port = parse_universal(others.get((program, version, netid), ""))[1]
        except ValueError:
            continue
        if port:
            return port
    raise NotRegistered(f"this machine has no program {program} of its own over {transport}")
