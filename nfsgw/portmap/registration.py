"""Our services' registration with the system's rpcbind: made, watched, repaired and taken back.

rpcbind takes SET only over its local socket.  On Debian a systemd unit holds that socket and port
111 while the daemon itself may be idle; connecting starts it.  A restarted rpcbind has forgotten
everything, and the lock daemon of a kernel that mounts from itself unsets our lock manager for
everybody: so what is registered is compared with what should be, again and again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, Protocol

from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from nfsgw.errors import NfsgwError
from nfsgw.limits import Limits
from nfsgw.portmap.address import NETIDS, universal
from nfsgw.portmap.registry import OURS, Entry, Key
from nfsgw.rpc.client import ConnectionFailed, Remote, null
from nfsgw.rpc.connections import connect_local, connect_tcp
from nfsgw.rpc.reactor import Reactor
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from nfsgw.xdr.generated import rpcbind as wire

__all__ = [
    "LOCAL_PATHS",
    "PORT",
    "Caller",
    "Connect",
    "Registration",
    "find_rpcbind",
    "make_entries",
    "portmap_entries",
    "rpcbind_connector",
]

PORT: Final = 111
LOCAL_PATHS: Final = ("/run/rpcbind.sock", "@/run/rpcbind.sock")
"""Where rpcbind's local socket is; the second, abstract one is what newer kernels try first."""
LOOPBACK: Final = "127.0.0.1"
CHECK_S: Final = 15.0
CALL_TIMEOUT_S: Final = 5.0

_SET: Final = Remote(
    wire.RPCBPROG,
    wire.RPCBVERS4,
    wire.RPCBPROC_SET,
    wire.RPCBINDPacker,
    wire.RPCBINDUnpacker,
    wire.RPCBINDPacker.pack_rpcb,
    wire.RPCBINDUnpacker.unpack_bool,
)
_UNSET: Final = Remote(
    wire.RPCBPROG,
    wire.RPCBVERS4,
    wire.RPCBPROC_UNSET,
    wire.RPCBINDPacker,
    wire.RPCBINDUnpacker,
    wire.RPCBINDPacker.pack_rpcb,
    wire.RPCBINDUnpacker.unpack_bool,
)
_DUMP: Final = Remote(
    wire.RPCBPROG,
    wire.RPCBVERS4,
    wire.RPCBPROC_DUMP,
    wire.RPCBINDPacker,
    wire.RPCBINDUnpacker,
    lambda packer, nothing: None,
    wire.RPCBINDUnpacker.unpack_rpcblist_ptr,
)


class Caller(Protocol):
    """An RPC client; ``rpc.client.RpcClient`` is one."""

    async def call(
        self, remote: Remote, arguments: object = None, timeout_s: float | None = None
    ) -> Any:  # noqa: ANN401 - its type is what remote.decode returns
        """Call a procedure."""

    def close(self) -> None:
        """Close the connection."""


Connect = Callable[[str], Awaitable[Caller]]
"""Connects to a place: a local socket's path, ``@name`` for an abstract one, or an address whose
port 111 is meant.  Raises ConnectionFailed."""


class Timers(Protocol):
    """The reactor's timers."""

    def callLater(
        self, delay: float, callable: Callable[..., object], *args: object
    ) -> IDelayedCall:
        """Run a function after some seconds."""


def rpcbind_connector(
    reactor: Reactor, turn: Turn, limits: Limits, draw_xid: Callable[[], int]
) -> Connect:
    """Return the way to reach an rpcbind with our RPC client.

    :param draw_xid: gives a random first transaction id for each connection.
    """

    async def connect(place: str) -> Caller:
        if place.startswith(("/", "@")):
            return connect_local(
                reactor, turn, limits, place, first_xid=draw_xid(), timeout_s=CALL_TIMEOUT_S
            )
        return await connect_tcp(
            reactor,
            turn,
            limits,
            place,
            PORT,
            first_xid=draw_xid(),
            timeout_s=CALL_TIMEOUT_S,
        )

    return connect


async def find_rpcbind(
    connect: Connect, places: Iterable[str] = (*LOCAL_PATHS, LOOPBACK)
) -> str | None:
    """Return where an rpcbind of this machine answers, or None if there is none.

    Must run before we serve port 111 ourselves, or it finds us.  The loopback address comes last
    because Debian's rpcbind does not take registrations there; finding it still tells that port
    111 is taken.
    """
    for place in places:
        try:
            client = await connect(place)
        except ConnectionFailed:
            continue
        try:
            await client.call(null(wire.RPCBPROG, wire.RPCBVERS4))
        except NfsgwError:
            continue
        finally:
            client.close()
        return place
    return None


def make_entries(
    program: int, versions: Iterable[int], port: int, netids: Iterable[str]
) -> list[Entry]:
    """Return the registrations of a program that listens on all addresses at one port."""
    return [
        Entry(
            program,
            version,
            netid,
            universal("::" if NETIDS[netid][1] == b"inet6" else "0.0.0.0", port),
        )
        for version in versions
        for netid in netids
    ]


def portmap_entries(netids: Iterable[str], port: int = PORT) -> list[Entry]:
    """Return the registrations of our own port mapper, for its own registry."""
    found = []
    for netid in netids:
        versions = (2, 3, 4) if NETIDS[netid][1] == b"inet" else (3, 4)
        found += make_entries(wire.RPCBPROG, versions, port, [netid])
    found += [Entry(wire.RPCBPROG, version, "local", LOCAL_PATHS[0]) for version in (3, 4)]
    return found


class Registration:
    """Our entries at a system rpcbind.

    :param connect: reaches rpcbind.
    :param place: where :func:`find_rpcbind` found it.
    :param timers: for the periodic check.
    :param entries: what should be registered.
    :param yielding: programs of which a foreign registration is left alone (100024, if a system
        rpc.statd runs); all others are displaced.
    :param check_s: seconds between two checks.
    """

    log = Logger()

    def __init__(
        self,
        connect: Connect,
        place: str,
        timers: Timers,
        entries: Sequence[Entry],
        yielding: frozenset[int] = frozenset(),
        check_s: float = CHECK_S,
    ) -> None:
        self._connect = connect
        self._place = place
        self._timers = timers
        self._entries = {entry.key: entry for entry in entries}
        self._yielding = yielding
        self._check_s = check_s
        self._timer: IDelayedCall | None = None
        self._round: Wait[None] | None = None
        self._stopped = False
        self._said: str | None = None
        self.missing: frozenset[Key] = frozenset(self._entries)
        """What the last check could not register."""
        self.displaced: dict[Key, str] = {}
        """Addresses that others had registered in our places, as last seen: for 100021 that is
        the lock daemon of this machine's kernel."""

    async def start(self) -> None:
        """Register everything, and go on checking; does not fail if rpcbind does."""
        await self._check()
        self._schedule()

    async def check(self) -> None:
        """Check now instead of at the next period."""
        if self._round is not None:
            await self._round
        await self._check()

    async def stop(self) -> None:
        """Stop checking, and take back what is still ours."""
        self._stopped = True
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
        if self._round is not None:
            await self._round
        try:
            client = await self._connect(self._place)
        except ConnectionFailed:
            return
        try:
            registered = await self._dump(client)
            for key, entry in self._entries.items():
                if registered.get(key) == entry.address:
                    await client.call(_UNSET, _wire(entry))
        except NfsgwError as error:
            self.log.warn("registrations stay with rpcbind: {error}", error=error)
        finally:
            client.close()

    def _schedule(self) -> None:
        if not self._stopped:
            self._timer = self._timers.callLater(self._check_s, self._due)

    def _due(self) -> None:
        self._round = step(self._check())
        self._round.add_callback(self._ended)

    def _ended(self) -> None:
        finished, self._round = self._round, None
        self._schedule()
        if finished is not None:
            finished.result()

    async def _check(self) -> None:
        try:
            client = await self._connect(self._place)
        except ConnectionFailed as error:
            self.missing = frozenset(self._entries)
            self._say(f"rpcbind cannot be reached: {error}")
            return
        try:
            registered = await self._dump(client)
            missing = [
                key
                for key, entry in self._entries.items()
                if not await self._repair(client, entry, registered.get(key))
            ]
        except NfsgwError as error:
            self.missing = frozenset(self._entries)
            self._say(f"rpcbind does not answer as it should: {error}")
            return
        finally:
            client.close()
        self.missing = frozenset(missing)
        self._say(
            "rpcbind did not take "
            + ", ".join(f"{program} v{version} {netid}" for program, version, netid in missing)
            if missing
            else "registered with rpcbind"
        )

    async def _repair(self, client: Caller, entry: Entry, found: str | None) -> bool:
        """Make one registration right; say whether it is."""
        if found == entry.address:
            return True
        if found is not None:
            self.displaced[entry.key] = found
            if entry.program in self._yielding:
                return False
            await client.call(_UNSET, _wire(entry))
        return bool(await client.call(_SET, _wire(entry)))

    async def _dump(self, client: Caller) -> dict[Key, str]:
        nodes: list[wire.rp__list] = await client.call(_DUMP)
        return {
            (
                node.rpcb_map.r_prog,
                node.rpcb_map.r_vers,
                node.rpcb_map.r_netid.decode("ascii", "replace"),
            ): node.rpcb_map.r_addr.decode("ascii", "replace")
            for node in nodes
        }

    def _say(self, text: str) -> None:
        """Log a state when it begins, not each time that it is found."""
        if text != self._said:
            self._said = text
            self.log.info("{text} ({place})", text=text, place=self._place)


def _wire(entry: Entry) -> wire.rpcb:
    return wire.rpcb(
        entry.program,
        entry.version,
        entry.netid.encode(),
        entry.address.encode(),
        OURS.encode(),
    )
