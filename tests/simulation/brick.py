"""A simulated brick: a disk with tables and data files, and what befalls it.

The one place of the simulator that knows how a brick is formatted and opened; it does in simulated
time what :mod:`nfsgw.backend.brick.opening` does with directories.
"""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from nfsgw.backend.brick.applying import Batch, LogBounds
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.identity import BrickRefused, Identity
from nfsgw.backend.brick.keys import EPOCH, FORMAT
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import FORMAT_VERSION, pack_number, put_root
from nfsgw.backend.brick.starting import end, prepare
from nfsgw.backend.brick.store import Store, StoreFailed, Transaction
from nfsgw.backend.brick.view import Change, DictView, Table
from nfsgw.backend.brick.worker import Inline, Worker
from nfsgw.backend.volume.records import BrickPlace
from nfsgw.turn import Turn
from tests.simulation.disk import SimDisk
from tests.simulation.link import Cable
from tests.simulation.medium import Medium
from tests.simulation.scheduler import Life
from tests.simulation.store import SimStore, fill, lose_power
from tests.simulation.tables import Tables
from tests.simulation.threads import SimWorker

__all__ = ["POOL", "VOLUME", "SimBrick"]

POOL = "ab" * 16
VOLUME = 0x1122334455667788

T = TypeVar("T")

_THREADS = 4


class _Opening:
    """A brick as one process has it open; also its :class:`nfsgw.backend.brick.local.TableCopy`.

    :ivar store: its tables; another one after :meth:`adopt`.
    """

    def __init__(self, brick: SimBrick, tables: Tables, life: Life, turn: Turn) -> None:
        self._brick = brick
        self._id = brick.id
        self.life = life
        self._turn = turn
        self._copy: SimStore | None = None
        self.store = self._open(tables)
        self.threads: Worker = Inline()
        self.stream: Worker = Inline()
        if brick.durable:
            self.threads = SimWorker(life, turn, brick.medium, _THREADS)
            self.stream = SimWorker(life, turn, brick.medium, 1)

    def _open(self, tables: Tables) -> SimStore:
        brick = self._brick
        return SimStore(tables, brick.medium, self.life, self._turn, brick.durable)

    # A copy of the tables

    def begin(self) -> Store:
        """Make empty tables beside the brick's own."""
        if self._copy is not None and not self._copy.closed:
            self._copy.close()
        with self._changing("the copy cannot be made"):
            self._copy = copy = self._open(Tables())
        return copy

    def adopt(self, copy: Store) -> None:
        """Put a copy in the place of the brick's tables."""
        assert copy is self._copy, "another copy than the one that was begun"
        with self._changing("the copy cannot be put in place"):
            self._brick.tables = self._copy.tables
        old, self.store = self.store, self._copy
        self._copy = None
        old.close()

    @contextmanager
    def _changing(self, failed: str) -> Iterator[None]:
        medium = self._brick.medium
        medium.count_call()
        medium.block()
        if medium.read_only or not self._in_place:
            raise StoreFailed(failed)
        yield

    @property
    def _in_place(self) -> bool:
        """Say whether the brick that is open is still the one in the directory."""
        brick = self._brick
        return not brick.medium.gone and brick.tables is not None and brick.id == self._id

    # Its end

    def look(self) -> DiskSpace:
        """Return the room; see :class:`nfsgw.backend.brick.local.LocalBrick`."""
        self._brick.medium.block()
        if not self._in_place:
            raise FileNotFoundError(errno.ENOENT, "another directory is in its place")
        return self._brick.disk.space(self._brick.root)

    async def close(self, in_good_order: bool) -> None:
        """Finish what is under way, and close everything."""
        for worker in (self.threads, self.stream):
            worker.close()
            if isinstance(worker, SimWorker):
                await worker.emptied()
        for store in (self.store, self._copy):
            if store is not None:
                await store.quiet()
        await self._brick.run(self.life, self._turn, self._close, in_good_order)

    def _close(self, in_good_order: bool) -> None:
        try:
            if in_good_order:
                end(self.store)
        finally:
            for store in (self.store, self._copy):
                if store is not None and not store.closed:
                    store.close()
            if self._brick.opening is self:
                self._brick.opening = None

    def kill(self, random: Random, power: bool) -> None:
        """Let the process die."""
        for worker in (self.threads, self.stream):
            if isinstance(worker, SimWorker):
                worker.kill(random)
        for store in (self.store, self._copy):
            if store is not None:
                store.kill(random, power)


class SimBrick:
    """One brick and its disk; outlives every process.

    :param number: 0, 1, 2, ...: its place, which stays when the brick is made anew.
    :param durable: whether commits and fsyncs are real.
    :param random: decides latencies and what faults do.
    :ivar tables: None while the directory is empty.
    :ivar cable: what lies between a primary and it.
    :ivar opening: how a process has it open; None: nobody has.
    """

    def __init__(self, number: int, durable: bool, random: Random) -> None:
        self.number = number
        self.durable = durable
        self.random = random
        self.name = f"brick {number}"
        self.path = Path(f"/bricks/{number}")
        self.root = f"/bricks/{number}/data"
        self.medium = Medium(Random(random.getrandbits(64)))
        self.disk = SimDisk(self.medium, durable)
        self.medium.contents.append(lambda: 0 if self.tables is None else self.tables.used())
        self.cable = Cable(Random(random.getrandbits(64)))
        self.tables: Tables | None = None
        self.opening: _Opening | None = None
        self.id = ""
        self._generation = 0
        # Threads that open and close it.
        self._workers: list[SimWorker] = []

    @property
    def place(self) -> BrickPlace:
        """Return what a volume's record says of it."""
        return BrickPlace(self.id, f"machine:{self.path}", self.path)

    @property
    def identity(self) -> Identity:
        """Return what its identity file says."""
        durability = "durable" if self.durable else "none"
        return Identity(POOL, VOLUME, 0, self.id, (self.id,), durability)

    def format(self, now_ns: int, epoch: int = 1) -> None:
        """Make it an empty brick, with an id of its own.

        :param epoch: of its first record; 0 if it joins a set that has a history.
        """
        self.id = f"{self.number:08x}{self._generation:024x}"
        self._generation += 1
        self.disk.wipe()
        self.disk.make_directory(self.root)
        tables = self.tables = Tables()
        change = Change(DictView(), now_ns)
        put_root(change, VOLUME)

        def first(transaction: Transaction) -> None:
            items = [(FORMAT, pack_number(FORMAT_VERSION)), (EPOCH, pack_number(epoch))]
            transaction.put_many(Table.META, items)
            Batch([Record(1, epoch, now_ns, change.changes)], LogBounds())(transaction)

        fill(tables, first)

    # One process

    async def open(
        self, life: Life, turn: Turn, start_id: bytes, boot_id: str, log: LogBounds
    ) -> LocalBrick:
        """Open it for a process.

        :raises BrickRefused: its directory is empty, missing, or in use.
        :raises StoreFailed: its tables cannot be opened.
        """
        opening = await self.run(life, turn, self._open, life, turn, boot_id)
        return LocalBrick(
            id=self.id,
            path=self.path,
            volume=VOLUME,
            replica_set=0,
            start_id=start_id,
            root=self.root,
            durable=self.durable,
            store=opening.store,
            copy=opening,
            disk=self.disk,
            threads=opening.threads,
            stream=opening.stream,
            log=log,
            close=opening.close,
            look=opening.look,
        )

    async def run(self, life: Life, turn: Turn, function: Callable[..., T], *args: Any) -> T:  # noqa: ANN401
        """Run what opens or closes the brick in a thread of its own."""
        worker = SimWorker(life, turn, self.medium, 1)
        self._workers.append(worker)
        try:
            result: T = await worker.run(function, *args)
        finally:
            if worker in self._workers:
                self._workers.remove(worker)
        return result

    def _open(self, life: Life, turn: Turn, boot_id: str) -> _Opening:
        if self.opening is not None:
            raise BrickRefused(f"{self.path} is in use")
        if self.medium.gone or self.tables is None:
            raise BrickRefused(f"{self.path} is not a brick")
        opening = _Opening(self, self.tables, life, turn)
        prepare(opening.store, self.identity, boot_id)
        self.opening = opening
        return opening

    def kill(self, power: bool = False) -> None:
        """Let the process die, and with ``power`` the machine too."""
        for worker in self._workers:
            worker.kill(self.random)
        self._workers = []
        opening, self.opening = self.opening, None
        if opening is not None:
            opening.kill(self.random, power)
            opening.life.scheduler.bury(opening)
            # What its last threads did may have opened or closed it.
            self.opening = None
        self.disk.kill()
        if power:
            if self.tables is not None:
                lose_power(self.tables, self.random)
            self.disk.lose_power(self.random)

    def wipe(self) -> None:
        """Lose everything in its directory; a process that has it open notices by and by."""
        self.disk.wipe()
        self.tables = None
