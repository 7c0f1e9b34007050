"""Open bricks without a role, on a store and a disk in memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.keys import EPOCH, FORMAT
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import FORMAT_VERSION, pack_number, put_root
from nfsgw.backend.brick.store import Store
from nfsgw.backend.brick.view import Change, DictView, Table
from nfsgw.backend.brick.worker import Inline, Worker
from nfsgw.waiting import Wait
from tests.support.bricks import FSID, START_NS
from tests.support.disks import MemoryDisk, Threads
from tests.support.stores import MemoryStore

__all__ = ["BRICK_ID", "DATA", "CopyStore", "HeldWorker", "MemoryCopy", "fill", "local_brick"]

BRICK_ID = "cd" * 16
DATA = "data"
"""The directory of the data files on a :class:`MemoryDisk`."""


class HeldWorker:
    """A Worker whose jobs run when the test says so: see :class:`Threads`."""

    def __init__(self, threads: Threads) -> None:
        self.threads = threads

    def run(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Note a job."""
        return self.threads.run_in_thread(function, *args)

    async def emptied(self) -> None:
        """Return: tests do not ask."""

    def close(self) -> None:
        """Do nothing."""


class CopyStore(MemoryStore):
    """The tables of a copy.

    :ivar closed: they were closed.
    """

    closed = False

    def close(self) -> None:
        """Note it."""
        assert not self.writing, "a transaction is under way"
        self.closed = True


class MemoryCopy:
    """A :class:`nfsgw.backend.brick.local.TableCopy` in memory.

    :ivar store: the tables that are in force: what a start finds.
    :ivar begun: the copies that were begun.
    """

    def __init__(self, store: MemoryStore) -> None:
        self.store = store
        self.begun: list[CopyStore] = []

    def begin(self) -> Store:
        """Return empty tables."""
        made = CopyStore(self.store.held)
        self.begun.append(made)
        return made

    def adopt(self, copy: Store) -> None:
        """Put a copy in force."""
        assert isinstance(copy, CopyStore)
        assert not self.store.writing and not copy.writing, "a transaction is under way"
        self.store.close()
        self.store = copy


def fill(store: MemoryStore, now_ns: int = START_NS, epoch: int = 1) -> None:
    """Put in what an empty brick has: format, epoch and the root directory, made by record 1."""
    change = Change(DictView(), now_ns)
    put_root(change, FSID)
    local = [(FORMAT, pack_number(FORMAT_VERSION)), (EPOCH, pack_number(epoch))]
    store.transact(lambda transaction: transaction.put_many(Table.META, local))
    store.fill(Record(1, epoch, change.now_ns, change.changes))


def local_brick(
    store: MemoryStore | None = None,
    disk: MemoryDisk | None = None,
    *,
    brick: str = BRICK_ID,
    durable: bool = True,
    threads: Worker | None = None,
    stream: Worker | None = None,
    start_id: bytes = b"start--1",
    log: LogBounds | None = None,
) -> LocalBrick:
    """Open a brick, which is filled if it is empty; its copies are a :class:`MemoryCopy`.

    :param threads: None: everything runs at once; ``stream`` likewise.
    """
    store = MemoryStore() if store is None else store
    disk = MemoryDisk() if disk is None else disk
    if not store.tables[Table.META]:
        fill(store)
    disk.make_directory(DATA)

    async def close(in_good_order: bool) -> None:
        """Leave all as it is, for the test to look at."""

    return LocalBrick(
        id=brick,
        path=Path("/nowhere"),
        volume=FSID,
        replica_set=0,
        start_id=start_id,
        root=DATA,
        durable=durable,
        store=store,
        copy=MemoryCopy(store),
        disk=disk,
        threads=threads or Inline(),
        stream=stream or Inline(),
        log=log or LogBounds(),
        close=close,
        look=partial(disk.space, DATA),
    )
