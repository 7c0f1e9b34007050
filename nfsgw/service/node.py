"""The daemon: all parts in the order of their start, and what it tells administrators."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twisted.internet.error import CannotListenError
from twisted.internet.interfaces import IListeningPort
from twisted.logger import Logger

from nfsgw.admin.api import LockChoice, Record
from nfsgw.admin.server import listen_local, listen_metrics
from nfsgw.backend.coordinator.embedded import EmbeddedCoordinator
from nfsgw.backend.volume.opening import Seams, volume_starter
from nfsgw.backend.volume.registry import Volumes
from nfsgw.clock import Clock
from nfsgw.config.settle import Settled
from nfsgw.service.bricknames import BrickNames, own_names
from nfsgw.service.diskthreads import DiskThreads
from nfsgw.service.gateway import Gateway
from nfsgw.service.lifecycle import OrderedService, Part, StartError
from nfsgw.service.locks import LockCommands
from nfsgw.service.ports import SocketPool
from nfsgw.service.report import NodeReport
from nfsgw.service.systemd import Notifier, inherited_sockets, watchdog_interval_s
from nfsgw.service.threads import Threads
from nfsgw.service.volumes import VolumeCommands
from nfsgw.turn import Turn

__all__ = ["DEMO", "NodeService", "World"]

DEMO = "demo"
"""The name of the demonstration volume."""

_DEMO_BRICKS = 3

_MARGIN_S = 5.0
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class World:
    """What the daemon is given from outside.

    :param reactor: Twisted's.
    :param environment: the process's variables; those of socket activation are removed.
    """

    reactor: Any
    clock: Clock
    random_bytes: Callable[[int], bytes]
    environment: MutableMapping[str, str]
    root: bool


class NodeService:
    """One machine's daemon.

    :param demo: make the demonstration volume if there is no volume.
    """

    log = Logger()

    def __init__(self, world: World, settled: Settled, *, demo: bool) -> None:
        reactor = world.reactor
        self._world = world
        self._settled = settled
        self._demo = demo
        self._state = "starting"
        self._turn = Turn(lambda work: reactor.callLater(0, work))
        self._threads = Threads(reactor, self._turn)
        self._disks = DiskThreads(reactor.callLater, reactor.callFromThread, self._turn)
        self._notifier = Notifier(world.environment)
        self._watchdog_s = watchdog_interval_s(world.environment, os.getpid())
        self._watchdog: Any = None
        self._sockets = SocketPool(inherited_sockets(world.environment, os.getpid()))
        self._lock: int | None = None
        self._coordinator: EmbeddedCoordinator | None = None
        self._ports: list[IListeningPort] = []
        self._gateway = Gateway(
            reactor,
            settled,
            world.clock,
            self._turn,
            self._threads,
            self._sockets,
            lambda: int.from_bytes(world.random_bytes(4), "big"),
            _BOOT_ID.read_text().strip(),
            root=world.root,
        )
        self._registry: Volumes | None = None
        self._commands: VolumeCommands | None = None
        self._lock_commands: LockCommands | None = None
        self._report = NodeReport(
            world.clock,
            settled,
            self._gateway,
            self.volumes,
            lambda: self._locks.counts(),
            lambda: self._state,
            lambda: self._gateway.monitored_hosts,
        )
        self._service = OrderedService(
            reactor, self._parts(), settled.config.node.drain_s + _MARGIN_S
        )

    def _parts(self) -> list[Part]:
        return [
            Part("state directory", self._start_state, self._stop_state),
            Part("coordinator", self._start_coordinator, self._stop_coordinator),
            Part("volumes", self._start_volumes, self._stop_volumes),
            Part("exports", self._start_exports, self._gateway.stop_exports),
            Part("demonstration volume", self._start_demo),
            *self._gateway.parts(),
            Part("admin interface", self._start_admin, self._stop_admin),
            Part("readiness", self._start_ready, self._stop_ready),
        ]

    # Life

    async def start(self) -> None:
        """Start everything; clients can mount when this returns.

        :raises NfsgwError: a part cannot start; all others have been stopped.
        """
        await self._service.start()

    async def stop(self) -> None:
        """Stop everything in reverse order, answering what is under way."""
        await self._service.stop()

    async def _start_state(self) -> None:
        state = self._settled.state
        try:
            state.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(state / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartError(
                f"the state directory {state} cannot be used: {error.strerror}. Choose another"
                " with --state or node.state_directory"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._lock, 20, 0).decode("ascii", "replace").strip()
            os.close(self._lock)
            self._lock = None
            who = f"pid {holder}" if holder else "another daemon"
            raise StartError(
                f"the state directory {state} is already served, by {who}; stop that first,"
                " or use another --state"
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, f"{os.getpid()}\n".encode(), 0)

    async def _stop_state(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    async def _start_coordinator(self) -> None:
        self._coordinator = EmbeddedCoordinator(self._settled.state / "coordinator")

    async def _stop_coordinator(self) -> None:
        if self._coordinator is not None:
            self._coordinator.close()
            self._coordinator = None

    async def _start_volumes(self) -> None:
        world, reactor = self._world, self._world.reactor
        assert self._coordinator is not None
        starter = volume_starter(
            self._coordinator,
            Seams(
                clock=world.clock,
                turn=self._turn,
                call_later=reactor.callLater,
                call_from_thread=reactor.callFromThread,
                random_bytes=world.random_bytes,
                boot_id=_BOOT_ID.read_text().strip(),
            ),
        )
        self._registry = Volumes(
            self._coordinator, starter, world.clock, world.random_bytes, self._disks.run
        )
        await self._registry.load()
        await self._registry.start_all()
        self._commands = VolumeCommands(
            self._registry,
            BrickNames(own_names(self._settled.name)),
            self._disks,
            self._gateway.refresh,
        )
        self._lock_commands = LockCommands(self._registry)

    async def _stop_volumes(self) -> None:
        if self._registry is not None:
            await self._registry.stop_all()

    async def _start_exports(self) -> None:
        assert self._registry is not None
        await self._gateway.start_exports(
            self._registry, self._registry, self._registry.pool.handle_key
        )

    async def _start_demo(self) -> None:
        commands = self._volume_commands
        if self._demo and not commands.list():
            where = f"{self._settled.name}:{self._settled.state}/bricks/{DEMO}"
            bricks = [f"{where}{number}" for number in range(1, _DEMO_BRICKS + 1)]
            # Forced: where the state directory is, is what the user chose for a trial.
            await commands.create(DEMO, bricks, force=True)
            await commands.start(DEMO)

    async def _start_admin(self) -> None:
        reactor, admin = self._world.reactor, self._settled.config.admin
        self._ports.append(listen_local(reactor, self, self._settled.socket))
        if admin.metrics_port:
            try:
                self._ports.append(
                    listen_metrics(reactor, self, admin.metrics_address, admin.metrics_port)
                )
            except CannotListenError as error:
                await self._stop_admin()
                raise StartError(
                    f"metrics cannot use port {admin.metrics_port} on {admin.metrics_address}:"
                    f" {error.socketError}. Set admin.metrics_port to a free port, or 0"
                ) from error

    async def _stop_admin(self) -> None:
        while self._ports:
            stopping: Any = self._ports.pop().stopListening()
            if stopping is not None:
                await stopping

    async def _start_ready(self) -> None:
        for unused in self._sockets.close_unused():
            self.log.warn(
                "the socket {socket} from systemd is for none of our ports", socket=unused
            )
        self._state = "ready"
        count = sum(entry["status"] == "Started" for entry in self._volume_commands.list())
        self._notifier.tell(READY="1", STATUS=f"serving {count} volumes", MAINPID=str(os.getpid()))
        if self._watchdog_s:
            self._feed_watchdog()

    async def _stop_ready(self) -> None:
        self._state = "stopping"
        self._notifier.tell(STOPPING="1")
        if self._watchdog is not None and self._watchdog.active():
            self._watchdog.cancel()

    def _feed_watchdog(self) -> None:
        self._notifier.tell(WATCHDOG="1")
        self._watchdog = self._world.reactor.callLater(self._watchdog_s, self._feed_watchdog)

    # What administrators ask

    @property
    def _volume_commands(self) -> VolumeCommands:
        assert self._commands is not None, "asked before the volumes were there"
        return self._commands

    @property
    def _locks(self) -> LockCommands:
        assert self._lock_commands is not None, "asked before the volumes were there"
        return self._lock_commands

    def status(self) -> Record:
        """Return the node's state."""
        return self._report.status()

    def ways_to_mount(self) -> list[Record]:
        """Return how each volume that is online is mounted."""
        return self._report.ways_to_mount()

    def volumes(self) -> Sequence[Record]:
        """Return all volumes, by name."""
        return self._volume_commands.list()

    async def volume(self, name: str) -> Record:
        """Return one volume, with the space in its bricks."""
        return await self._volume_commands.show(name)

    async def create_volume(self, name: str, bricks: Sequence[str], *, force: bool) -> Record:
        """Create a volume."""
        return await self._volume_commands.create(name, bricks, force=force)

    async def start_volume(self, name: str) -> Record:
        """Serve a volume."""
        return await self._volume_commands.start(name)

    async def stop_volume(self, name: str) -> Record:
        """Serve a volume no more."""
        return await self._volume_commands.stop(name)

    async def delete_volume(self, name: str) -> Record:
        """Forget a volume."""
        return await self._volume_commands.delete(name)

    async def set_options(self, name: str, options: Mapping[str, str]) -> Record:
        """Change options of a volume."""
        return await self._volume_commands.set_options(name, options)

    async def add_brick(self, name: str, brick: str, *, force: bool) -> Record:
        """Give a volume one more copy."""
        return await self._volume_commands.add_brick(name, brick, force=force)

    async def replace_brick(self, name: str, old: str, new: str, *, force: bool) -> Record:
        """Put a brick in the place of another."""
        return await self._volume_commands.replace_brick(name, old, new, force=force)

    async def remove_brick(self, name: str, brick: str) -> Record:
        """Take a copy out of a volume."""
        return await self._volume_commands.remove_brick(name, brick)

    def heal(self, name: str) -> Record:
        """Return how a volume's bricks are."""
        return self._volume_commands.heal(name)

    async def heal_full(self, name: str, brick: str | None) -> Record:
        """Copy everything to a brick anew."""
        return await self._volume_commands.heal_full(name, brick)

    def verify(self, name: str) -> Record:
        """Begin to compare a volume's bricks."""
        return self._volume_commands.verify(name)

    def verification(self, name: str) -> Record:
        """Return the comparison of a volume's bricks."""
        return self._volume_commands.verification(name)

    async def reload_exports(self) -> Record:
        """Read the exports file again."""
        return await self._gateway.reload()

    def mounts(self) -> Sequence[Record]:
        """Return the mount list."""
        return self._report.mounts()

    async def locks(self, choice: LockChoice) -> Record:
        """Return the chosen locks."""
        return await self._locks.listing(choice)

    async def clear_locks(self, choice: LockChoice) -> Record:
        """Take the chosen locks away."""
        return await self._locks.clear(choice)

    def metrics(self) -> str:
        """Return all metrics in Prometheus' text format."""
        return self._report.metrics()

    def dump(self) -> Record:
        """Return everything that helps to see what the daemon is doing."""
        return self._report.dump()

    # Signals

    def reload_on_signal(self) -> None:
        """Read the exports again (SIGHUP); mistakes are in the log, and the old rules stay."""
        self._notifier.tell(RELOADING="1")
        wait = self._threads.begin(self._reload_quietly())
        wait.add_callback(lambda: self._notifier.tell(READY="1"))

    async def _reload_quietly(self) -> None:
        try:
            await self._gateway.reload()
        except Exception:  # noqa: BLE001 - the gateway has logged it; the daemon goes on
            self.log.debug("reload refused")

    def dump_on_signal(self) -> None:
        """Write :meth:`dump` to ``dump.json`` in the state directory (SIGUSR1)."""
        path = self._settled.state / "dump.json"
        beside = path.with_suffix(".new")
        try:
            beside.write_text(json.dumps(self.dump(), indent=2) + "\n")
            beside.replace(path)
        except OSError as error:
            self.log.error("{path} cannot be written: {error}", path=str(path), error=str(error))
        else:
            self.log.info("state written to {path}", path=str(path))
