"""A brick that was away catches up with a primary's real data path, and is its equal then.

The primary is a brick with the whole data path, alone.  The follower begins as its exact copy at
some moment, as a brick that was in sync until then; it may have lost its power at that moment.
What it gets afterwards is what joining sends: the log, and the extents that it lacks.  It crashes
on the way, again and again.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.api import Stability
from nfsgw.backend.brick.attributes import flags_of
from nfsgw.backend.brick.check.checking import check_view
from nfsgw.backend.brick.keys import inode_of, sequence_key
from nfsgw.backend.brick.record import Record, decode_record
from nfsgw.backend.brick.schema import DATA_IN_FILE, EXTENT_BYTES, size_of
from nfsgw.backend.brick.view import DictView, Table
from nfsgw.backend.replica.member import ExtentKey
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.errors import FsError
from nfsgw.waiting import Wait
from tests.support.bricks import FSID
from tests.support.disks import MemoryDisk
from tests.support.replicas import DATA, MemoryCopy
from tests.support.stores import MemoryStore
from tests.unit.backend.bytes.bench import Bench as PrimaryBench
from tests.unit.backend.replica.bench import Bench

NAMES = (b"a", b"b", b"c")
CRASHES_MAX = 6
SEEDS = st.integers(0, 1 << 40)


class Clients:
    """They work on some files of a primary, and leave some of the work under way."""

    def __init__(self, bench: PrimaryBench, random: Random) -> None:
        self.bench = bench
        self.random = random
        self.inodes: dict[bytes, int] = {}

    def work(self, count: int) -> None:
        """Do some of the things that clients do."""
        for _ in range(count):
            name = self.random.choice(NAMES)
            if name not in self.inodes:
                self.inodes[name] = self.bench.create(name)
            inode = self.inodes[name]
            deeds: list[Callable[[], object]] = [
                partial(self._write, inode),
                partial(self._write, inode),
                partial(self._resize, inode),
                partial(self.bench.commit, inode),
                partial(self._remove, name),
                self.bench.idle,
            ]
            with suppress(FsError):
                # A removal that is under way may get there first.
                self.random.choice(deeds)()
            for _ in range(self.random.randrange(8)):
                self.bench.pump_one(self.random)

    def _offset(self) -> int:
        base = self.random.choice((0, 0, 3000, EXTENT_BYTES - 2000, 2 * EXTENT_BYTES))
        return base + self.random.randrange(3000)

    def _write(self, inode: int) -> None:
        data = bytes([self.random.randrange(1, 256)]) * self.random.randrange(1, 6000)
        stability = self.random.choice((Stability.UNSTABLE, Stability.FILE_SYNC))
        self.bench.write(inode, self._offset(), data, stability)

    def _resize(self, inode: int) -> None:
        size = self.random.choice((0, self._offset()))
        if self.random.random() < 0.5:
            self.bench.resize(inode, size)
        else:
            self.bench.begin(self.bench.resizing(inode, size))

    def _remove(self, name: bytes) -> None:
        del self.inodes[name]
        if self.random.random() < 0.5:
            self.bench.remove(name)
        else:
            self.bench.begin(self.bench.removing(name))


def log_of(store: MemoryStore, after: int) -> list[Record]:
    """Return the committed records after one."""
    items = sorted(store.tables[Table.LOG].items())
    return [decode_record(value, key) for key, value in items if key > sequence_key(after)]


def extent_of(disk: MemoryDisk, path: str, number: int) -> bytes | None:
    """Return the bytes of an extent; None if there is no such file."""
    file = disk.names_now.get(path)
    return None if file is None else file.read(EXTENT_BYTES, number * EXTENT_BYTES)


def split_off(primary: PrimaryBench, random: Random) -> Bench:
    """Return a follower that is what the primary is now."""
    follower = Bench(held=True, attach=False)
    follower.disk = copy.deepcopy(primary.disk)
    follower.tables = MemoryCopy(MemoryStore(held=True, of=primary.store))
    follower.crash(random if random.random() < 0.5 else None, attach=False)
    return follower


class Joining:
    """Brings a follower up to the primary, in spite of crashes."""

    def __init__(
        self, primary: PrimaryBench, clients: Clients, follower: Bench, random: Random
    ) -> None:
        self.primary = primary
        self.clients = clients
        self.follower = follower
        self.random = random
        self.epoch = follower.member.epoch
        self.crashes = 0

    def run(self) -> None:
        """Do it."""
        while not self._attempt():
            self.follower.crash(self.random if self.random.random() < 0.5 else None, attach=False)

    def _await(self, wait: Wait[Any]) -> bool:
        """Return whether a call was answered before the follower crashed."""
        while not wait.done:
            if self.crashes < CRASHES_MAX and self.random.random() < 0.03:
                self.crashes += 1
                return False
            assert self.follower.pump_one(self.random)
        wait.result()
        return True

    def _attempt(self) -> bool:
        member, epoch, follower = self.follower.member, self.epoch, self.follower
        attached = member.attach(epoch)
        if not self._await(attached):
            return False
        missing_now = member.missing(epoch)
        if not self._await(missing_now):
            return False
        missing = set(missing_now.result())
        sequence = attached.result().sequence
        working = 3
        while True:
            records = log_of(self.primary.store, sequence)[: self.random.randrange(1, 12)]
            if not records:
                if not working:
                    break
                self.clients.work(2)
                working -= 1
                if not working:
                    self.primary.pump(self.random)
                continue
            if not self._await(member.replay(epoch, records, records[-1].sequence)):
                return False
            sequence = records[-1].sequence
            missing |= {
                (inode_of(key), int.from_bytes(key[8:], "big"))
                for record in records
                for (table, key), value in record.changes.items()
                if table is Table.EXTENT and value is not None
            }
        assert missing == set(follower.missing), "both sides know the same"
        return self._fetch(sorted(missing))

    def _fetch(self, extents: list[ExtentKey]) -> bool:
        member, epoch = self.follower.member, self.epoch
        self.random.shuffle(extents)
        for inode, number in extents:
            data = extent_of(self.primary.disk, self.follower.path(inode), number)
            if data is not None and not self._await(member.put_extent(epoch, inode, number, data)):
                return False
            if self.random.random() < 0.5 and not self._await(
                member.settle(epoch, [(inode, number)])
            ):
                return False
        return self._await(member.settle(epoch, extents))


def check_equal(primary: PrimaryBench, follower: Bench) -> None:
    """Check that two bricks are equal, table for table and byte for byte."""
    for table in SHARED_TABLES:
        mine, theirs = (
            {key: value for key, value in store.tables[table].items() if is_shared(table, key)}
            for store in (follower.store, primary.store)
        )
        assert mine == theirs, table
    assert follower.missing == []
    assert follower.to_reconcile == []
    assert sorted(follower.disk.names_now) == sorted(primary.disk.names_now)
    for key, value in primary.store.tables[Table.INODE].items():
        if value[3] == 1 and flags_of(value) & DATA_IN_FILE:
            size = size_of(value)
            path = follower.path(inode_of(key))
            found, expected = (
                disk.names_now[path].read(size, 0).ljust(size, b"\0")
                for disk in (follower.disk, primary.disk)
            )
            assert found == expected, f"inode {inode_of(key)}"
    view = DictView()
    view.tables = follower.store.tables
    assert [str(each) for each in check_view(view, FSID, follower.disk, DATA).findings] == []


@settings(deadline=None)
@given(seed=SEEDS)
def test_brick_that_was_away_becomes_the_primarys_equal(seed: int) -> None:
    """Whatever happened while it was away, and however often it fell on the way back."""
    random = Random(seed)
    primary = PrimaryBench(held=True)
    clients = Clients(primary, random)
    clients.work(random.randrange(12))
    follower = split_off(primary, random)
    clients.work(random.randrange(12))
    Joining(primary, clients, follower, random).run()
    check_equal(primary, follower)
    # All of it is durable: nobody would fetch it again.
    follower.crash(random)
    check_equal(primary, follower)
