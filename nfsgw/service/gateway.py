"""The gateway: exports, programs, their listeners, and the port mapper."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psutil
from twisted.logger import Logger

from nfsgw.admin.api import Code, Record, Refused
from nfsgw.backend.locks.api import Locks
from nfsgw.clock import Clock
from nfsgw.config.settle import Settled
from nfsgw.exports.groups import ServerGroups, system_groups
from nfsgw.exports.handle import HandleCodec
from nfsgw.exports.names import SystemResolver
from nfsgw.exports.options import Options
from nfsgw.exports.syntax import ExportsError, Problem
from nfsgw.exports.table import ExportIds, ExportTable, Volumes
from nfsgw.mount.mounts import Mounts
from nfsgw.mount.program import mount_program
from nfsgw.nfs3.program import nfs3_program
from nfsgw.nfs3.service import Nfs3
from nfsgw.nfsacl.program import nfsacl_program
from nfsgw.rpc.dispatch import Dispatcher
from nfsgw.rpc.holding import Holding
from nfsgw.rpc.tcp import TcpServer
from nfsgw.rpc.udp import UdpServer
from nfsgw.service.lifecycle import Part, StartError
from nfsgw.service.locking import Locking
from nfsgw.service.portmapping import Portmapping
from nfsgw.service.ports import SocketPool
from nfsgw.service.threads import Threads
from nfsgw.turn import Turn

__all__ = ["Gateway", "local_addresses"]

REFRESH_S = 300.0
"""How often the names in the exports are looked up again."""


def local_addresses() -> list[str]:
    """Return all addresses of this machine, without zones."""
    families = (socket.AF_INET, socket.AF_INET6)
    return [
        each.address.partition("%")[0]
        for addresses in psutil.net_if_addrs().values()
        for each in addresses
        if each.family in families
    ]


class Gateway:
    """What clients talk to; its :meth:`parts` start and stop in order.

    :param root: we are root, so this machine's own clients can be told from others' programs by
        their reserved ports; without an exports file that is demanded only then.
    """

    log = Logger()

    def __init__(
        self,
        reactor: Any,  # noqa: ANN401 - Twisted's reactor has no one type
        settled: Settled,
        clock: Clock,
        turn: Turn,
        threads: Threads,
        sockets: SocketPool,
        draw_xid: Callable[[], int],
        boot_id: str,
        *,
        root: bool,
    ) -> None:
        self._reactor = reactor
        self._settled = settled
        self._clock = clock
        self._sockets = sockets
        self._threads = threads
        self._draw_xid = draw_xid
        self._boot_id = boot_id
        self._root = root
        self._servers: list[TcpServer | UdpServer] = []
        self._refresh: Any = None
        limits = settled.config.limits
        self._holding = Holding(limits.hold_s, clock, reactor.callLater)
        self.dispatcher = Dispatcher(clock, turn, limits)
        self.portmapping = Portmapping(
            reactor, self.dispatcher, settled, clock, sockets, draw_xid, boot_id=boot_id
        )
        self.exports: ExportTable | None = None
        self.mounts: Mounts | None = None
        self.locking: Locking | None = None
        self._volumes: Volumes | None = None

    def parts(self) -> list[Part]:
        """Return what starts once the volumes are there."""
        return [
            Part("mount list", self._start_mounts, self._stop_mounts),
            Part("lock manager", self._start_locking, self._stop_locking),
            Part("listeners", self._start_listeners, self._stop_listeners),
            Part("port mapper", self.portmapping.start, self.portmapping.stop),
        ]

    async def start_exports(self, volumes: Volumes, ids: ExportIds, handle_key: bytes) -> None:
        """Read the exports.

        :raises ExportsError: the file has mistakes; at the start there are no old rules.
        """
        limits = self._settled.config.limits
        self._volumes = volumes
        self.exports = ExportTable(
            volumes,
            HandleCodec(handle_key, limits.handles_cached_max),
            ids,
            SystemResolver(self._threads.run),
            self._clock,
            local_addresses,
            ServerGroups(self._clock, system_groups),
            limits,
            implied=Options(read_only=False, squash_root=False, secure=self._root),
        )
        for note in await self._load():
            self.log.info("{note}", note=str(note))
        self._schedule_refresh()

    async def stop_exports(self) -> None:
        """Look up names no more."""
        if self._refresh is not None and self._refresh.active():
            self._refresh.cancel()
        self._refresh = None

    async def reload(self) -> Record:
        """Put the exports file in force again.

        :raises Refused: it has mistakes; the old rules stay.
        """
        try:
            notes = await self._load()
        except ExportsError as error:
            self.log.error("the exports stay as they were: {error}", error=str(error))
            raise Refused(f"the exports stay as they were:\n{error}", Code.EXPORTS) from None
        self.log.info("exports reloaded from {file}", file=str(self._settled.exports))
        return {"notes": [str(note) for note in notes], "exports": len(self._table.listing())}

    async def refresh(self) -> None:
        """Apply the exports to the volumes as they are now."""
        if self.locking is not None:
            # First, since looking up names may take long: somebody may wait for a lock.
            self.locking.follow()
        await self._table.refresh()

    @property
    def exports_state(self) -> str:
        """Say which exports are in force, for people."""
        path = self._settled.exports
        if self._implied:
            return f"this machine only ({path} does not exist)"
        return f"{path} ({len(self._table.listing())} in force)"

    @property
    def monitored_hosts(self) -> int | None:
        """Return how many hosts this machine's kernel monitors through us; None before that."""
        return None if self.locking is None else self.locking.nsm.hosts

    @property
    def host(self) -> str:
        """Return the name to mount from: one that the exports in force let in."""
        return "localhost" if self._implied else self._settled.name

    @property
    def _table(self) -> ExportTable:
        assert self.exports is not None, "asked before the exports were read"
        return self.exports

    async def _load(self) -> Sequence[Problem]:
        data = _read(self._settled.exports)
        notes = await self._table.load(data, str(self._settled.exports))
        self._implied = data is None
        return notes

    _implied = False

    def _schedule_refresh(self) -> None:
        def due() -> None:
            self._threads.watch(self.refresh(), "looking up the names in the exports")
            self._schedule_refresh()

        self._refresh = self._reactor.callLater(REFRESH_S, due)

    async def _start_mounts(self) -> None:
        limits = self._settled.config.limits
        self.mounts = Mounts(
            self._settled.state / "mounts.json",
            self._reactor.callLater,
            limits.mount_entries_max,
            self._heard_of_mount,
        )
        nfs = Nfs3(self._table, limits, self._holding)
        self.dispatcher.add(nfs3_program(nfs))
        self.dispatcher.add(nfsacl_program(nfs))
        self.dispatcher.add(mount_program(self._table, self.mounts, self._holding))

    async def _stop_mounts(self) -> None:
        if self.mounts is not None:
            self.mounts.flush()

    def _heard_of_mount(self, client: str) -> None:
        """Look at the port mapper if this machine itself mounts: its kernel takes our place."""
        if client in local_addresses():
            self.portmapping.expect_change()

    async def _start_locking(self) -> None:
        self.locking = Locking(
            self._reactor,
            self._settled,
            self._clock,
            self._threads,
            self.dispatcher,
            self.portmapping,
            self._holding,
            self._table,
            self._locks,
            local_addresses,
            self._draw_xid,
            self._boot_id,
            root=self._root,
        )
        await self.locking.start()

    async def _stop_locking(self) -> None:
        if self.locking is not None:
            await self.locking.stop()
            self.locking = None

    def _locks(self) -> dict[int, Locks | None]:
        """Return the locks of all volumes by the volumes' ids, None for those not started."""
        volumes = self._volumes
        assert volumes is not None, "asked before there were volumes"
        found: dict[int, Locks | None] = {}
        for volume_id in map(volumes.id_of, volumes.names()):
            if volume_id is not None:
                volume = volumes.get(volume_id)
                found[volume_id] = None if volume is None else volume.locks
        return found

    async def _start_listeners(self) -> None:
        listen, ports = self._settled.config.listen, self._settled.ports
        try:
            for port, purpose in (
                (ports.nfs, "nfs"),
                (ports.mount, "mount"),
                (ports.nlm, "nlm"),
                (ports.nsm, "nsm"),
            ):
                if listen.tcp:
                    opened = self._sockets.open(
                        listen.addresses, port, socket.SOCK_STREAM, purpose
                    )
                    self._begin(TcpServer(self._reactor, self.dispatcher, opened))
                if listen.udp:
                    for each in self._sockets.open(
                        listen.addresses, port, socket.SOCK_DGRAM, purpose
                    ):
                        self._begin(UdpServer(self._reactor, self.dispatcher, each))
        except Exception:
            await self._stop_listeners()
            raise

    async def _stop_listeners(self) -> None:
        """Answer what is under way, for as long as the configuration gives it, then close."""
        drain_s = self._settled.config.node.drain_s
        stopping = [self._threads.begin(server.stop(drain_s)) for server in self._servers]
        self._servers.clear()
        for wait in stopping:
            await wait

    def _begin(self, server: TcpServer | UdpServer) -> None:
        server.start()
        self._servers.append(server)


def _read(path: Path) -> bytes | None:
    """Return the content of the exports file, None if there is none.

    :raises StartError: it is there and cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StartError(f"{path}: {error.strerror}") from error
