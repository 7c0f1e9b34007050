"""The port mapper program, 100000, versions 2, 3 and 4 (RFC 1833).

CALLIT, BCAST and INDIRECT are not served (PROC_UNAVAIL): they send calls to others from our
address, and answer a short datagram with a long one.  SET and UNSET are for this machine only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine
from ipaddress import ip_address
from typing import Any, Final

from nfsgw.clock import Clock
from nfsgw.portmap.address import (
    NETIDS,
    address_from_sockaddr,
    merge,
    netid_of,
    parse_universal,
    sockaddr_of,
    universal,
)
from nfsgw.portmap.registry import SUPERUSER, Entry, Registry
from nfsgw.rpc.program import Call, Peer, Procedure, Program, decode_void, encode_void
from nfsgw.xdr.generated import portmap as wire2
from nfsgw.xdr.generated import rpcbind as wire

__all__ = ["PortmapPacker", "PortmapUnpacker", "portmap_program"]

DATAGRAM_BYTES_MAX: Final = 8192
"""DUMP is cut to this over UDP; see the same constant of MOUNT."""
STATISTICS_MAX: Final = 256
"""Programs whose lookups are counted apart (GETSTAT)."""
_TEXT_BYTES_MAX: Final = 256
_PRIVILEGED_PORTS_END: Final = 1024
_PROTOCOLS: Final = {wire2.IPPROTO_TCP: "tcp", wire2.IPPROTO_UDP: "udp"}
_PROTOCOL_OF: Final = {"tcp": wire2.IPPROTO_TCP, "udp": wire2.IPPROTO_UDP}
_STATISTICS_OF: Final = {
    2: wire.RPCBVERS_2_STAT,
    3: wire.RPCBVERS_3_STAT,
    4: wire.RPCBVERS_4_STAT,
}


class PortmapPacker(wire2.PORTMAPPacker, wire.RPCBINDPacker):
    """Packs the types of all three versions."""

    __slots__ = ()


class PortmapUnpacker(wire2.PORTMAPUnpacker, wire.RPCBINDUnpacker):
    """Unpacks the types of all three versions."""

    __slots__ = ()


def portmap_program(registry: Registry, clock: Clock) -> Program:
    """Return the port mapper program.

    :param registry: what it answers from; the caller puts our services in.
    :param clock: for GETTIME.
    """
    procedures = _Procedures(registry, clock)
    return Program(
        wire2.PMAP_PROG,
        "PORTMAP",
        PortmapPacker,
        PortmapUnpacker,
        {
            2: _numbered(procedures.rows2()),
            3: _numbered(procedures.rows3()),
            4: _numbered([*procedures.rows3(), *procedures.rows4()]),
        },
    )


def _numbered(rows: list[Procedure]) -> dict[int, Procedure]:
    return {row.number: row for row in rows}


class _Procedures:
    """What the rows run, and how often they were."""

    def __init__(self, registry: Registry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock
        self._calls: Counter[tuple[int, int]] = Counter()
        self._changes: Counter[tuple[int, str]] = Counter()
        self._lookups: Counter[tuple[int, int, int, str, bool]] = Counter()

    def rows2(self) -> list[Procedure]:
        """Return the rows of version 2."""
        pack, unpack = PortmapPacker, PortmapUnpacker
        mapping = unpack.unpack_mapping
        return [
            self._row(0, "NULL", self.null, decode_void, encode_void),
            self._row(1, "SET", self.set2, mapping, pack.pack_bool),
            self._row(2, "UNSET", self.unset2, mapping, pack.pack_bool),
            self._row(3, "GETPORT", self.get_port, mapping, pack.pack_uint),
            self._row(4, "DUMP", self.dump2, decode_void, pack.pack_pmaplist),
        ]

    def rows3(self) -> list[Procedure]:
        """Return the rows that versions 3 and 4 share."""
        pack, unpack = PortmapPacker, PortmapUnpacker
        rpcb, text = unpack.unpack_rpcb, unpack.unpack_rpcb_string
        return [
            self._row(0, "NULL", self.null, decode_void, encode_void),
            self._row(1, "SET", self.set, rpcb, pack.pack_bool),
            self._row(2, "UNSET", self.unset, rpcb, pack.pack_bool),
            self._row(3, "GETADDR", self.get_address, rpcb, pack.pack_rpcb_string),
            self._row(4, "DUMP", self.dump, decode_void, pack.pack_rpcblist_ptr),
            self._row(6, "GETTIME", self.get_time, decode_void, pack.pack_uint),
            self._row(7, "UADDR2TADDR", self.to_transport, text, pack.pack_netbuf),
            self._row(
                8, "TADDR2UADDR", self.to_universal, unpack.unpack_netbuf, pack.pack_rpcb_string
            ),
        ]

    def rows4(self) -> list[Procedure]:
        """Return the rows that only version 4 has."""
        pack, unpack = PortmapPacker, PortmapUnpacker
        rpcb = unpack.unpack_rpcb
        return [
            self._row(9, "GETVERSADDR", self.get_version_address, rpcb, pack.pack_rpcb_string),
            self._row(11, "GETADDRLIST", self.get_addresses, rpcb, pack.pack_rpcb_entry_list_ptr),
            self._row(12, "GETSTAT", self.statistics, decode_void, pack.pack_rpcb_stat_byvers),
        ]

    def _row(
        self,
        number: int,
        name: str,
        run: Callable[[Call, Any], Coroutine[Any, Any, Any]],
        decode: Callable[[Any], Any],
        encode: Callable[[Any, Any], None],
    ) -> Procedure:
        def counted(call: Call, arguments: object) -> Coroutine[Any, Any, Any]:
            self._calls[call.version, number] += 1
            return run(call, arguments)

        return Procedure(number, name, counted, decode, encode)

    async def null(self, call: Call, _: None) -> None:
        """Answer a ping."""

    # Version 2

    async def set2(self, call: Call, mapping: wire2.mapping) -> bool:
        """Register a port for a program, on all our IPv4 addresses."""
        netid = _PROTOCOLS.get(mapping.prot)
        if netid is None or not 0 < mapping.port < 65536:
            return False
        address = universal("0.0.0.0", mapping.port)
        return self._set(call, Entry(mapping.prog, mapping.vers, netid, address))

    async def unset2(self, call: Call, mapping: wire2.mapping) -> bool:
        """Take out a program's version on both protocols: the argument's is ignored (3.1)."""
        removed = [self._unset(call, mapping.prog, mapping.vers, netid) for netid in _PROTOCOL_OF]
        return any(removed)

    async def get_port(self, call: Call, mapping: wire2.mapping) -> int:
        """Return the port of a program; 0 if it is not registered."""
        netid = _PROTOCOLS.get(mapping.prot, "")
        entry = self._registry.find_any(mapping.prog, mapping.vers, netid)
        self._count_lookup(call, mapping.prog, mapping.vers, netid, entry is not None)
        if entry is None:
            return 0
        return parse_universal(entry.address)[1]

    async def dump2(self, call: Call, _: None) -> list[wire2.pmaplistnode]:
        """Return all registrations that version 2 can express: those over IPv4."""
        nodes = [
            wire2.pmaplistnode(
                wire2.mapping(
                    entry.program,
                    entry.version,
                    _PROTOCOL_OF[entry.netid],
                    parse_universal(entry.address)[1],
                )
            )
            for entry in self._registry.entries()
            if entry.netid in _PROTOCOL_OF
        ]
        return nodes[: DATAGRAM_BYTES_MAX // 20] if call.peer.transport == "udp" else nodes

    # Versions 3 and 4

    async def set(self, call: Call, rpcb: wire.rpcb) -> bool:
        """Register an address for a program over one transport."""
        netid, address = _text(rpcb.r_netid), _text(rpcb.r_addr)
        if netid not in NETIDS or not address or not _is_address(netid, address):
            return False
        return self._set(call, Entry(rpcb.r_prog, rpcb.r_vers, netid, address))

    async def unset(self, call: Call, rpcb: wire.rpcb) -> bool:
        """Take out a program's version over one transport, or over all if none is named."""
        return self._unset(call, rpcb.r_prog, rpcb.r_vers, _text(rpcb.r_netid))

    async def get_address(self, call: Call, rpcb: wire.rpcb) -> bytes:
        """Return the address of a program over the transport of the call; empty if unknown."""
        netid = self._asked_netid(call, rpcb)
        entry = self._registry.find_any(rpcb.r_prog, rpcb.r_vers, netid)
        self._count_lookup(call, rpcb.r_prog, rpcb.r_vers, netid, entry is not None)
        return b"" if entry is None else merge(entry.address, call.peer).encode()

    async def get_version_address(self, call: Call, rpcb: wire.rpcb) -> bytes:
        """Return the address of exactly this version; empty if it is not registered."""
        netid = self._asked_netid(call, rpcb)
        entry = self._registry.find(rpcb.r_prog, rpcb.r_vers, netid)
        self._count_lookup(call, rpcb.r_prog, rpcb.r_vers, netid, entry is not None)
        return b"" if entry is None else merge(entry.address, call.peer).encode()

    async def get_addresses(self, call: Call, rpcb: wire.rpcb) -> list[wire.rpcb_entry_list]:
        """Return all addresses of a program's version."""
        nodes = []
        for entry in self._registry.find_all(rpcb.r_prog, rpcb.r_vers):
            semantics, family, protocol = NETIDS[entry.netid]
            address = merge(entry.address, call.peer).encode()
            nodes.append(
                wire.rpcb_entry_list(
                    wire.rpcb_entry(address, entry.netid.encode(), semantics, family, protocol)
                )
            )
        return nodes

    async def dump(self, call: Call, _: None) -> list[wire.rp__list]:
        """Return all registrations."""
        left = DATAGRAM_BYTES_MAX if call.peer.transport == "udp" else None
        nodes = []
        for entry in self._registry.entries():
            texts = (entry.netid.encode(), entry.address.encode(), entry.owner.encode())
            if left is not None:
                left -= 24 + sum(len(text) + 3 & ~3 for text in texts)
                if left < 0:
                    break
            nodes.append(wire.rp__list(wire.rpcb(entry.program, entry.version, *texts)))
        return nodes

    async def get_time(self, call: Call, _: None) -> int:
        """Return seconds since 1970, as far as 32 bits carry them."""
        return self._clock.wall_ns() // 1_000_000_000 & 0xFFFFFFFF

    async def to_transport(self, call: Call, address: bytes) -> wire.netbuf:
        """Return a universal address as a socket address; empty if it is none."""
        try:
            data = sockaddr_of(_text(address))
        except ValueError:
            data = b""
        return wire.netbuf(len(data), data)

    async def to_universal(self, call: Call, buffer: wire.netbuf) -> bytes:
        """Return a socket address as a universal address; empty if it is none."""
        try:
            return address_from_sockaddr(buffer.buf).encode()
        except ValueError:
            return b""

    async def statistics(self, call: Call, _: None) -> list[wire.rpcb_stat]:
        """Return how often each procedure was called, and (not over UDP) what was looked up."""
        by_version = [
            wire.rpcb_stat([0] * wire.RPCBSTAT_HIGHPROC, 0, 0, [], [])
            for _ in range(wire.RPCBVERS_STAT)
        ]
        for version, place in _STATISTICS_OF.items():
            statistics = by_version[place]
            for number in range(wire.RPCBSTAT_HIGHPROC):
                statistics.info[number] = self._calls[version, number] & 0x7FFFFFFF
            statistics.setinfo = self._changes[version, "set"] & 0x7FFFFFFF
            statistics.unsetinfo = self._changes[version, "unset"] & 0x7FFFFFFF
            if call.peer.transport != "udp":
                statistics.addrinfo = self._lookup_statistics(version)
        return by_version

    # Below the rows

    def _lookup_statistics(self, version: int) -> list[wire.rpcbs_addrlist]:
        asked = sorted({key[1:4] for key in self._lookups if key[0] == version})
        return [
            wire.rpcbs_addrlist(
                program,
                wanted,
                self._lookups[version, program, wanted, netid, True] & 0x7FFFFFFF,
                self._lookups[version, program, wanted, netid, False] & 0x7FFFFFFF,
                netid.encode(),
            )
            for program, wanted, netid in asked
        ]

    def _count_lookup(
        self, call: Call, program: int, version: int, netid: str, found: bool
    ) -> None:
        key = (call.version, program, version, netid, found)
        if key in self._lookups or len(self._lookups) < STATISTICS_MAX:
            self._lookups[key] += 1

    def _asked_netid(self, call: Call, rpcb: wire.rpcb) -> str:
        """Return the transport that is asked about: the call's own (RFC 1833, section 2.2.1).

        Over the local socket that would be of no use, so there the argument's counts.
        """
        netid = netid_of(call.peer)
        return _text(rpcb.r_netid) or netid if netid == "local" else netid

    def _set(self, call: Call, entry: Entry) -> bool:
        owner = _owner(call.peer)
        if owner is None:
            return False
        done = self._registry.set(
            Entry(entry.program, entry.version, entry.netid, entry.address, owner)
        )
        self._changes[call.version, "set"] += done
        return done

    def _unset(self, call: Call, program: int, version: int, netid: str) -> bool:
        owner = _owner(call.peer)
        if owner is None:
            return False
        done = self._registry.unset(program, version, netid, owner)
        self._changes[call.version, "unset"] += done
        return done


def _owner(peer: Peer) -> str | None:
    """Return in whose name a caller may register, or None if it is not on this machine.

    The local socket says which user it is.  Over the loopback interface only a port below 1024
    proves root.
    """
    if peer.transport == "local":
        return SUPERUSER if peer.uid == 0 else str(peer.uid)
    try:
        address = ip_address(peer.address.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    if not (mapped or address).is_loopback:
        return None
    return SUPERUSER if peer.port < _PRIVILEGED_PORTS_END else "unknown"


def _is_address(netid: str, address: str) -> bool:
    """Say whether an address is of the form that its transport has."""
    if netid == "local":
        return True
    try:
        host, _ = parse_universal(address)
    except ValueError:
        return False
    return (":" in host) == netid.endswith("6")


def _text(data: bytes) -> str:
    """Return a string of the wire; what is too long or not ASCII matches nothing."""
    if len(data) > _TEXT_BYTES_MAX or not data.isascii():
        return "?"
    return data.decode("ascii")
