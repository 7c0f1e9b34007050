"""A simulated brick: a disk with tables and data files, and what befalls it.

The one place of the simulator that knows how a brick is formatted and opened; it does in simulated
time what :mod:`nfsgw.backend.brick.opening` does with directories.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from nfsgw.backend.brick.applying import Batch, LogBounds
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

_THREADS = 4


class _Copy:
    """Tables beside a brick's own; a :class:`nfsgw.backend.brick.local.TableCopy`."""

    def __init__(self, brick: SimBrick, open_store: Callable[[Tables], SimStore]) -> None:
        self._brick = brick
        self._open_store = open_store

    def begin(self) -> Store:
        """Make empty tables."""
        medium = self._brick.medium
        medium.count_call()
        medium.block()
        if medium.read_only or medium.gone:
            raise StoreFailed("the copy cannot be made")
        return self._open_store(Tables())

    def adopt(self, copy: Store) -> None:
        """Put a copy in the place of the brick's tables."""
        assert isinstance(copy, SimStore)
        medium = self._brick.medium
        medium.count_call()
        medium.block()
        if medium.read_only or medium.gone:
            raise StoreFailed("the copy cannot be renamed")
        self._brick.adopt(copy.tables)


class SimBrick:
    """One brick and its disk; outlives every process.

    :param number: 0, 1, 2, ...: its place, which stays when the brick is made anew.
    :param durable: whether commits and fsyncs are real.
    :param random: decides latencies and what faults do.
    :ivar tables: None while the directory is empty.
    :ivar cable: what lies between a primary and it.
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
        self.id = ""
        self.generation = 0
        self._stores: list[SimStore] = []
        self._workers: list[SimWorker] = []
        self._locked = False

    @property
    def in_use(self) -> bool:
        """Say whether a process has it open."""
        return self._locked

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
        self.id = f"{self.number:016x}{self.generation:016x}"
        self.generation += 1
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
        opener = self._worker(life, turn, 1)
        local: LocalBrick = await opener.run(self._open, life, turn, start_id, boot_id, log)
        return local

    def _worker(self, life: Life, turn: Turn, count: int) -> SimWorker:
        worker = SimWorker(life, turn, self.medium, count)
        self._workers = [one for one in self._workers if not one.idle]
        self._workers.append(worker)
        return worker

    def _open(
        self, life: Life, turn: Turn, start_id: bytes, boot_id: str, log: LogBounds
    ) -> LocalBrick:
        if self._locked:
            raise BrickRefused(f"{self.path} is in use")
        if self.medium.gone or self.tables is None:
            raise BrickRefused(f"{self.path} is not a brick")

        def open_store(tables: Tables) -> SimStore:
            store = SimStore(tables, self.medium, life, turn, self.durable)
            self._stores = [one for one in self._stores if not one.closed]
            self._stores.append(store)
            return store

        store = open_store(self.tables)
        try:
            prepare(store, self.identity, boot_id)
        except BaseException:
            store.close()
            raise
        self._locked = True
        threads: Worker = self._worker(life, turn, _THREADS) if self.durable else Inline()
        stream: Worker = self._worker(life, turn, 1) if self.durable else Inline()

        async def close(in_good_order: bool) -> None:
            for worker in (threads, stream):
                worker.close()
                if isinstance(worker, SimWorker):
                    await worker.emptied()
            for each in self._stores:
                await each.quiet()
            await self._worker(life, turn, 1).run(self._close, in_good_order)

        return LocalBrick(
            id=self.id,
            path=self.path,
            volume=VOLUME,
            replica_set=0,
            start_id=start_id,
            root=self.root,
            durable=self.durable,
            store=store,
            copy=_Copy(self, open_store),
            disk=self.disk,
            threads=threads,
            stream=stream,
            log=log,
            close=close,
        )

    def _close(self, in_good_order: bool) -> None:
        stores = [store for store in self._stores if not store.closed]
        try:
            if in_good_order:
                end(stores[-1])
        finally:
            for store in stores:
                store.close()
            self._locked = False

    def adopt(self, tables: Tables) -> None:
        """Put other tables in the place of its own."""
        old, self.tables = self.tables, tables
        for store in self._stores:
            if store.tables is old:
                store.close()

    def kill(self, power: bool = False) -> None:
        """Let the process die, and with ``power`` the machine too."""
        for worker in self._workers:
            worker.kill(self.random)
        for store in self._stores:
            store.kill(self.random, power)
        self._workers = []
        self._stores = []
        self._locked = False
        self.disk.kill()
        if power:
            if self.tables is not None:
                lose_power(self.tables, self.random)
            self.disk.lose_power(self.random)

    def wipe(self) -> None:
        """Lose everything in its directory; a process that has it open notices by and by."""
        self.disk.wipe()
        self.tables = None
