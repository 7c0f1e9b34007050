"""A brick that follows a primary, on a store, a disk and threads that the test drives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from random import Random
from typing import TypeVar

from nfsgw.backend.brick.bytes.means import Tasks
from nfsgw.backend.brick.keys import MISSING, RECONCILE, extent_key, inode_key
from nfsgw.backend.brick.record import Changes, Record
from nfsgw.backend.brick.schema import (
    DATA_IN_FILE,
    EXTENT_BYTES,
    Attributes,
    Extent,
    ExtentState,
    Inode,
    pack_attributes,
    pack_extent,
    pack_inode,
    pack_number,
)
from nfsgw.backend.brick.store import Transaction
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.waiting import Wait
from tests.support.bricks import FSID, TestClock
from tests.support.disks import MemoryDisk, Threads
from tests.support.replicas import DATA, HeldWorker, MemoryCopy, local_brick
from tests.support.stores import MemoryStore

__all__ = [
    "CLEAN",
    "LEASE_S",
    "OPEN",
    "Bench",
    "file_value",
    "put_extent",
    "records_from",
    "trim",
    "writing_key",
]

T = TypeVar("T")

LEASE_S = 4.0
OPEN = pack_extent(Extent(ExtentState.WRITING))
CLEAN = pack_extent(Extent(ExtentState.CLEAN, 2, 5, bytes(range(16))))


def file_value(inode: int, size: int, in_file: bool = True) -> bytes:
    """Return the INODE value of a regular file."""
    attributes = Attributes(1, 0o644, 1, 0, 0, size, size, 0, 0, FSID, inode, 1, 0, 1, 0, 1, 0)
    flags = DATA_IN_FILE if in_file else 0
    return pack_inode(Inode(pack_attributes(attributes), parent=1, flags=flags))


def writing_key(inode: int, number: int) -> bytes:
    """Return the META key that lists an extent as being written."""
    return b"writing/" + extent_key(inode, number)


def put_extent(inode: int, number: int, value: bytes = OPEN) -> Changes:
    """Return the changes that put an extent into a state."""
    listed = b"" if value == OPEN else None
    return {
        (Table.EXTENT, extent_key(inode, number)): value,
        (Table.META, writing_key(inode, number)): listed,
    }


def trim(inode: int, cut: int | None) -> Changes:
    """Return the change that orders a cut, or (None) says that it is over."""
    return {(Table.TRIM, inode_key(inode)): None if cut is None else pack_number(cut)}


def records_from(first: int, changes: Iterable[Changes], epoch: int = 1) -> list[Record]:
    """Make records, every second one with a request id."""
    made = []
    for number, each in enumerate(changes, first):
        request, result = (number.to_bytes(28, "big"), b"result") if number % 2 else (b"", b"")
        made.append(Record(number, epoch, number, dict(each), request, result))
    return made


class Bench:
    """One brick, attached to the primary of epoch 1 unless it is to be done later.

    :param held: commits and threads wait until :meth:`pump`.
    """

    def __init__(self, held: bool = False, durable: bool = True, attach: bool = True) -> None:
        self.held = held
        self.durable = durable
        self.disk = MemoryDisk()
        self.tables = MemoryCopy(MemoryStore(held))
        self.clock = TestClock()
        self.starts = 0
        self._open()
        if attach:
            self.attach(1)

    def _open(self) -> None:
        self.starts += 1
        self.failures: list[str] = []
        self.threads = Threads(self.held and self.durable)
        self.stream = Threads(self.held and self.durable)
        self.local = local_brick(
            self.tables.store,
            self.disk,
            durable=self.durable,
            threads=HeldWorker(self.threads),
            stream=HeldWorker(self.stream),
            start_id=bytes([self.starts]),
        )
        self.local.copy = self.tables
        self.tasks = Tasks()
        self.member = Secondary(self.local, self.clock, LEASE_S, self.failures.append, self.tasks)

    def crash(self, random: Random | None = None, attach: bool = True) -> None:
        """Die, start again and attach; with ``random`` the machine lost its power too."""
        store = self.tables.store
        if random is None:
            self.disk.kill()
        else:
            self.disk.lose_power(random)
            if store.writing and random.random() < 0.5:
                store.reach_disk()
        self.tables = MemoryCopy(MemoryStore(self.held, of=store))
        self._open()
        if attach:
            self.attach(self.member.epoch)

    # Driving

    @property
    def store(self) -> MemoryStore:
        """Return the tables that are in force."""
        return self.tables.store

    def pump_one(self, random: Random | None = None) -> bool:
        """Let one thing happen that is under way; False if there is none."""
        choices: list[Callable[[], object]] = []
        for store in dict.fromkeys((self.store, *self.tables.begun)):
            if store.writing:
                choices.append(store.complete)
        if self.stream.jobs:
            choices.append(self.stream.run)
        for index in range(len(self.threads.jobs)):
            choices.append(partial(self.threads.run, index))
        if not choices:
            return False
        (random.choice(choices) if random else choices[0])()
        return True

    def pump(self, random: Random | None = None) -> None:
        """Let everything happen that is under way."""
        while self.pump_one(random):
            pass

    def result(self, wait: Wait[T]) -> T:
        """Return the answer to a call, once all is done that it needs."""
        while not wait.done and self.pump_one():
            pass
        assert wait.done, "the call is never answered"
        return wait.result()

    def attach(self, epoch: int) -> None:
        """Follow the primary of an epoch."""
        self.result(self.member.attach(epoch))

    # Looking

    def names(self, prefix: bytes) -> list[bytes]:
        """Return the rest of the META keys with a prefix, as they are on the disk."""
        keys = sorted(self.store.tables[Table.META])
        return [key[len(prefix) :] for key in keys if key.startswith(prefix)]

    @property
    def missing(self) -> list[tuple[int, int]]:
        """Return the extents that are noted as missing."""
        return [
            (int.from_bytes(key[:8], "big"), int.from_bytes(key[8:], "big"))
            for key in self.names(MISSING)
        ]

    @property
    def to_reconcile(self) -> list[int]:
        """Return the data files that are noted as not in line with the tables."""
        return [int.from_bytes(key, "big") for key in self.names(RECONCILE)]

    def path(self, inode: int) -> str:
        """Return the path of a data file."""
        return f"{DATA}/{inode >> 20 & 0xFF:02x}/{inode >> 12 & 0xFF:02x}/{inode:016x}"

    def content(self, inode: int) -> bytes | None:
        """Return what is in a data file; None if there is none."""
        file = self.disk.names_now.get(self.path(inode))
        return None if file is None else file.read(file.size, 0)

    def durable_content(self, inode: int) -> bytes | None:
        """Return what would be in a data file if the power went now and nothing else was kept."""
        file = self.disk.names_durable.get(self.path(inode))
        return None if file is None else file.read_durable()

    def file(self, inode: int, content: bytes = b"") -> None:
        """Put a data file and its inode there, as an in-sync brick would have them."""
        self.result(self.member.create(1, inode, content))
        value = file_value(inode, len(content))
        extents = {
            extent_key(inode, number): CLEAN for number in range(-(-len(content) // EXTENT_BYTES))
        }

        def put(transaction: Transaction) -> None:
            transaction.put_many(Table.INODE, [(inode_key(inode), value)])
            transaction.put_many(Table.EXTENT, list(extents.items()))

        self.store.transact(put)
