"""Our services' registration with the system's rpcbind: made, watched, repaired and taken back.

rpcbind takes SET only over its local socket.  On Debian a systemd unit holds that socket and port
111 while the daemon itself may be idle; connecting starts it.  A restarted rpcbind has forgotten
everything, and the lock daemon of a kernel that mounts from itself unsets our lock manager for
everybody: so what is registered is compared with what should be, again and again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Final, Protocol

from twisted.internet.interfaces import IDelayedCall
from twisted.logger import Logger

from nfsgw.errors import NfsgwError
from nfsgw.limits import Limits
from nfsgw.portmap.address import NETIDS, universal
from nfsgw.portmap.displaced import Displaced
from nfsgw.portmap.registry import OURS, SHADOWED_PROGRAMS, SUPERUSER, Entry, Key
from nfsgw.rpc.client import Caller, ConnectionFailed, Remote, null
from nfsgw.rpc.connections import connect_local, connect_tcp
from nfsgw.rpc.program import encode_void
from nfsgw.rpc.reactor import Reactor
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from nfsgw.xdr.generated import rpcbind as wire

__all__ = [
    "LOCAL_PATHS",
    "PORT",
    "Connect",
    "IsAlive",
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
CHECK_S: Final = 5.0
SOON_S: Final = (0.05, 0.15, 0.3, 0.5, 1.0, 3.0)
"""Pauses between the checks that follow :meth:`Registration.expect_change`."""
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
    encode_void,
    wire.RPCBINDUnpacker.unpack_rpcblist_ptr,
)


Connect = Callable[[str], Awaitable[Caller]]
"""Connects to a place: a local socket's path, ``@name`` for an abstract one, or an address whose
port 111 is meant.  Raises ConnectionFailed."""

IsAlive = Callable[[Entry], Awaitable[bool]]
"""Says whether a program of this machine answers where it is registered."""


async def _is_alive(_entry: Entry) -> bool:
    """Believe what is registered."""
    return True


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
    :param yielding: programs of which a foreign registration is left alone as long as somebody
        answers there (100024, if a system rpc.statd runs); all others are displaced.
    :param check_s: seconds between two checks.
    :param displaced: takes the addresses that root's programs had registered in our places, and
        all foreign ones of NLM and NSM: for 100021 that is the lock daemon of this machine's
        kernel.  They stay when they are gone from rpcbind, the last known.
    :param is_alive: asks a program that we would yield to.
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
        displaced: Displaced | None = None,
        is_alive: IsAlive = _is_alive,
    ) -> None:
        self._connect = connect
        self._place = place
        self._timers = timers
        self._entries = {entry.key: entry for entry in entries}
        self._yielding = yielding
        self._check_s = check_s
        self._is_alive = is_alive
        self._timer: IDelayedCall | None = None
        self._round: Wait[None] | None = None
        self._soon: list[float] = []
        self._stopped = False
        self._said: str | None = None
        self.displaced = Displaced() if displaced is None else displaced
        self.missing: frozenset[Key] = frozenset(self._entries)
        """What the last check could not register."""
        self.yielded: dict[Key, str] = {}
        """Where the programs are that the last check has yielded to."""

    async def start(self) -> None:
        """Register everything, and go on checking; does not fail if rpcbind does."""
        await self._check()
        self._schedule()

    async def check(self) -> None:
        """Check now instead of at the next period."""
        if self._round is not None:
            await self._round
        await self._check()

    def expect_change(self) -> None:
        """Check soon, and a few times more: the local kernel may be about to change something.

        Its lock daemon takes our place when its first mount begins, and clears it when the last
        one ends; other clients must not meet that for long.
        """
        self._soon = list(SOON_S)
        if self._timer is not None and self._timer.active():
            self._timer.cancel()
            self._schedule()

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
                found = registered.get(key)
                if found is not None and found.address == entry.address:
                    await client.call(_UNSET, _wire(entry))
        except NfsgwError as error:
            self.log.warn("registrations stay with rpcbind: {error}", error=error)
        finally:
            client.close()

    def _schedule(self) -> None:
        if not self._stopped:
            pause_s = self._soon.pop(0) if self._soon else self._check_s
            self._timer = self._timers.callLater(pause_s, self._due)

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
            self._note(registered.values())
            self.yielded = await self._find_yielded(registered)
            missing = [
                key
                for key, entry in self._entries.items()
                if key not in self.yielded
                and not await self._repair(client, entry, registered.get(key))
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

    def _note(self, registered: Iterable[Entry]) -> None:
        """Remember what root's programs have in our places, and all of NLM and NSM.

        Others than root could register there while the place is empty; what is meant for the
        kernel must not go to them.
        """
        for found in registered:
            ours = self._entries.get(found.key)
            if ours is None and found.program not in SHADOWED_PROGRAMS:
                continue
            if (ours is None or ours.address != found.address) and found.owner == SUPERUSER:
                self.displaced.note(found.key, found.address)

    async def _find_yielded(self, registered: Mapping[Key, Entry]) -> dict[Key, str]:
        yielded = {}
        for key, entry in self._entries.items():
            found = registered.get(key)
            if found is None or found.address == entry.address:
                continue
            if entry.program in self._yielding and await self._is_alive(found):
                yielded[key] = found.address
        return yielded

    async def _repair(self, client: Caller, entry: Entry, found: Entry | None) -> bool:
        """Make one registration right; say whether it is."""
        if found is not None:
            if found.address == entry.address:
                return True
            await client.call(_UNSET, _wire(entry))
        return bool(await client.call(_SET, _wire(entry)))

    async def _dump(self, client: Caller) -> dict[Key, Entry]:
        nodes: list[wire.rp__list] = await client.call(_DUMP)
        entries = [_entry(node.rpcb_map) for node in nodes]
        return {entry.key: entry for entry in entries}

    def _say(self, text: str) -> None:
        """Log a state when it begins, not each time that it is found."""
        if text != self._said:
            self._said = text
            self.log.info("{text} ({place})", text=text, place=self._place)


def _entry(rpcb: wire.rpcb) -> Entry:
    netid, address, owner = (
        text.decode("ascii", "replace") for text in (rpcb.r_netid, rpcb.r_addr, rpcb.r_owner)
    )
    return Entry(rpcb.r_prog, rpcb.r_vers, netid, address, owner)


def _wire(entry: Entry) -> wire.rpcb:
    return wire.rpcb(
        entry.program,
        entry.version,
        entry.netid.encode(),
        entry.address.encode(),
        OURS.encode(),
    )
