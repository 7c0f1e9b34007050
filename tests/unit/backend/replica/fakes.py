"""A primary and its other bricks in memory, small enough to be seen to be right."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from hashlib import sha256
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any, TypeVar

from nfsgw.backend.brick.bytes.extents import CRC32
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.keys import extent_key, inode_key, inode_of
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import (
    EXTENT_BYTES,
    Attributes,
    Extent,
    ExtentState,
    Inode,
    pack_attributes,
    pack_extent,
    pack_inode,
    pack_number,
    size_of,
    unpack_extent,
    unpack_number,
)
from nfsgw.backend.brick.view import DictView, Table
from nfsgw.backend.replica.member import (
    Beat,
    ExtentKey,
    Item,
    Member,
    MemberFailed,
    RangeDigest,
    StaleEpoch,
    Standing,
)
from nfsgw.backend.replica.missing import extent_of, extents_put
from nfsgw.backend.replica.patience import Patience
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, step

__all__ = ["BrickContent", "FakeMember", "FakeSource", "File", "Lock", "Loop", "inode_value"]

T = TypeVar("T")

_FILE_CALLS = frozenset(
    ("checksums", "create", "cut", "put_extent", "read", "remove", "sync", "write")
)
_CALLS_ON_BOTH = frozenset(("end_copy", "replay", "settle"))
_BEING_WRITTEN = pack_extent(Extent(ExtentState.WRITING))


class _Timer:
    def __init__(self, function: Callable[[], None]) -> None:
        self.function: Callable[[], None] | None = function

    def cancel(self) -> None:
        self.function = None


class Loop:
    """A clock that jumps to the next thing there is to do."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._due: list[tuple[float, int, _Timer]] = []
        self._numbers = count()

    def seconds(self) -> float:
        """Return the time."""
        return self.now_s

    def wall_ns(self) -> int:
        """Return the time of files."""
        return int(self.now_s * 1e9)

    def call_later(self, delay_s: float, function: Callable[[], None]) -> _Timer:
        """Call a function later."""
        timer = _Timer(function)
        heappush(self._due, (self.now_s + delay_s, next(self._numbers), timer))
        return timer

    def pause(self, delay_s: float) -> Wait[None]:
        """Return a Wait that ends later."""
        wait: Wait[None] = Wait()
        self.call_later(delay_s, partial(wait.resolve, None))
        return wait

    def run(self, over: Callable[[], bool], limit_s: float = 10_000) -> None:
        """Go on until something is over."""
        until_s = self.now_s + limit_s
        while not over():
            assert self._due, "nothing is left to do, and it is not over"
            due_s, _, timer = heappop(self._due)
            assert due_s <= until_s, "it takes too long"
            self.now_s = max(self.now_s, due_s)
            if timer.function is not None:
                timer.function()

    def result(self, wait: Wait[T]) -> T:
        """Return the result of something that is under way."""
        self.run(lambda: wait.done)
        return wait.result()


class Lock:
    """One holder at a time, in the order in which they came."""

    def __init__(self) -> None:
        self.held = False
        self._queue: list[Wait[None]] = []

    async def __aenter__(self) -> None:
        while self.held:
            turn: Wait[None] = Wait()
            self._queue.append(turn)
            await turn
        self.held = True

    async def __aexit__(self, *_: object) -> None:
        self.held = False
        if self._queue:
            self._queue.pop(0).resolve(None)


class File:
    """A data file: what is in each extent; the rest are holes."""

    def __init__(self) -> None:
        self.pieces: dict[int, bytes] = {}
        self.length = 0

    def copy(self) -> File:
        """Return a file that is equal."""
        other = File()
        other.pieces, other.length = dict(self.pieces), self.length
        return other

    def read(self, number: int) -> bytes:
        """Read an extent."""
        size = max(0, min(EXTENT_BYTES, self.length - number * EXTENT_BYTES))
        return self.pieces.get(number, b"")[:size].ljust(size, b"\0")

    def write(self, offset: int, data: bytes) -> None:
        """Write within one extent."""
        number, start = divmod(offset, EXTENT_BYTES)
        assert start + len(data) <= EXTENT_BYTES
        old = self.pieces.get(number, b"").ljust(start, b"\0")
        self.pieces[number] = old[:start] + data + old[start + len(data) :]
        self.length = max(self.length, offset + len(data))

    def put(self, number: int, data: bytes) -> None:
        """Replace an extent; if it is not whole the file ends there, but never grows by zeros."""
        start = number * EXTENT_BYTES
        if len(data) < EXTENT_BYTES:
            self.cut(start + len(data))
        if data:
            self.pieces[number] = data
            self.length = max(self.length, start + len(data))

    def cut(self, size: int) -> None:
        """Cut it if it is longer."""
        number, rest = divmod(size, EXTENT_BYTES)
        if size < self.length:
            self.length = size
            for each in [each for each in self.pieces if each >= number + bool(rest)]:
                del self.pieces[each]
            if rest and number in self.pieces:
                self.pieces[number] = self.pieces[number][:rest]

    def checksum(self, number: int, bytes_max: int) -> Extent:
        """Return what a brick computes."""
        data = self.read(number)[:bytes_max] if bytes_max else b""
        digest = zlib.crc32(data).to_bytes(4, "big") + bytes(12)
        return Extent(ExtentState.CLEAN, CRC32, len(data), digest)

    def content(self) -> dict[int, bytes]:
        """Return what is in it, without zeros at the end of an extent: they may be a hole."""
        found = {number: self.read(number).rstrip(b"\0") for number in self.pieces}
        return {number: data for number, data in found.items() if data}


def inode_value(inode: int, size: int) -> bytes:
    """Return the value of a regular file."""
    attributes = pack_attributes(
        Attributes(1, 0o644, 1, 0, 0, size, size, 0, 0, 1, inode, *(0,) * 6)
    )
    return pack_inode(Inode(attributes))


def _apply(view: DictView, records: Sequence[Record]) -> None:
    for record in records:
        for table, key, value in record.effects():
            if value is None:
                view.tables[table].pop(key, None)
            else:
                view.tables[table][key] = value


class BrickContent:
    """Tables, log and data files of a brick."""

    def __init__(self) -> None:
        self.view = DictView()
        self.log: dict[int, Record] = {}
        self.files: dict[int, File] = {}

    @property
    def sequence(self) -> int:
        """Return the sequence of the last record."""
        return next(reversed(self.log), 0)

    def copy(self) -> BrickContent:
        """Return a brick that is equal."""
        other = BrickContent()
        other.view.tables = {table: dict(items) for table, items in self.view.tables.items()}
        other.log = dict(self.log)
        other.files = {inode: file.copy() for inode, file in self.files.items()}
        return other

    def file(self, inode: int) -> File:
        """Return a data file, which is made if need be."""
        return self.files.setdefault(inode, File())

    def range(self, table: Table, after: bytes, upto: bytes | None) -> list[Item]:
        """Return shared items, in order."""
        return [
            (key, value)
            for key, value in sorted(self.view.tables[table].items())
            if key > after and (upto is None or key <= upto) and is_shared(table, key)
        ]

    def digest(self, table: Table, after: bytes, upto: bytes | None) -> RangeDigest:
        """Digest shared items."""
        items = self.range(table, after, upto)
        return RangeDigest(len(items), sha256(repr(items).encode()).digest())

    def checksums(self, inode: int, extents: Sequence[tuple[int, int]]) -> list[Extent]:
        """Return checksums, of length 0 without a file."""
        file = self.files.get(inode, File())
        return [file.checksum(*extent) for extent in extents]

    def read(self, inode: int, offset: int, size: int) -> bytes | None:
        """Read an extent; None if there is no such file."""
        assert offset % EXTENT_BYTES == 0
        assert size == EXTENT_BYTES
        file = self.files.get(inode)
        return None if file is None else file.read(offset // EXTENT_BYTES)

    def open_extents(self) -> Iterator[ExtentKey]:
        """Yield those being written."""
        for key in self.view.tables[Table.META]:
            if key.startswith(WRITING):
                yield extent_of(key[len(WRITING) :])

    def same_tables(self, other: BrickContent) -> None:
        """Check that another one's tables hold the same."""
        for table in SHARED_TABLES:
            assert self.range(table, b"", None) == other.range(table, b"", None), table

    def same_as(self, other: BrickContent) -> None:
        """Check that another one holds the same."""
        self.same_tables(other)
        assert self.sequence == other.sequence
        for sequence in self.log.keys() & other.log.keys():
            assert self.log[sequence] == other.log[sequence]
        for inode in sorted(self.files.keys() | other.files.keys()):
            files = [brick.files.get(inode, File()).content() for brick in (self, other)]
            assert files[0] == files[1], inode
            assert inode_key(inode) in self.view.tables[Table.INODE], "a file of no inode"
        for key, value in self.view.tables[Table.EXTENT].items():
            inode, number = extent_of(key)
            extent = unpack_extent(value)
            if extent.state == ExtentState.CLEAN:
                for brick in (self, other):
                    assert brick.checksums(inode, [(number, extent.length)]) == [extent]


class FakeMember:
    """A brick whose calls are carried out some time after they were made.

    :param slow_s: the longest that a call takes; 0: it is done when it is made.
    :ivar fail_at: the call, counted from 0, from which on all fail; ``hang_at``: none ends.
    :ivar marks: extents noted as missing, durably.
    :ivar undo: values before each record that can be taken back.
    """

    def __init__(
        self, loop: Loop, random: Random, brick: str, content: BrickContent, slow_s: float = 0.01
    ) -> None:
        self.loop = loop
        self.random = random
        self._brick = brick
        self.content = content
        self.slow_s = slow_s
        self.epoch = 0
        self.calls: list[str] = []
        self.fail_at: int | None = None
        self.hang_at: int | None = None
        self.marks: set[ExtentKey] = set()
        self.unsettled: set[ExtentKey] = set()
        self.undo: dict[int, list[tuple[Table, bytes, bytes | None]]] = {}
        self.copying: BrickContent | None = None
        self.broken = False
        self._free_s = {"tables": 0.0, "files": 0.0}
        self._start = 0

    @property
    def brick(self) -> str:
        """Return the brick's id."""
        return self._brick

    def restart(self) -> None:
        """Go down with what is under way, and come up again."""
        self._start += 1
        self.fail_at = self.hang_at = None
        self.broken = False
        self.copying = None
        self._free_s = {"tables": 0.0, "files": 0.0}
        for inode, number in self.unsettled:
            # What was not made durable is as good as lost, and what was cut may be there again.
            if inode in self.content.files:
                self.content.files[inode].write(number * EXTENT_BYTES, b"lost")
        self.unsettled.clear()

    def _call(self, epoch: int, name: str, function: Callable[[], Any]) -> Wait[Any]:
        wait: Wait[Any] = Wait()
        number = len(self.calls)
        self.calls.append(name)
        if self.hang_at is not None and number >= self.hang_at:
            return wait
        run = partial(self._run, self._start, number, epoch, wait, function)
        if self.slow_s:
            self.loop.call_later(self._due_s(name) - self.loop.now_s, run)
        else:
            run()
        return wait

    def _due_s(self, name: str) -> float:
        """Return when a call ends: those on tables and those on files are in order each."""
        ways = {"tables", "files"}
        if name in _FILE_CALLS:
            ways = {"files"}
        elif name not in _CALLS_ON_BOTH:
            ways = {"tables"}
        free_s = max(self._free_s[way] for way in sorted(ways))
        due_s = max(free_s, self.loop.now_s) + self.random.random() * self.slow_s
        for way in ways:
            self._free_s[way] = due_s
        return due_s

    def _run(
        self, start: int, number: int, epoch: int, wait: Wait[Any], function: Callable[[], Any]
    ) -> None:
        if start != self._start:
            return
        if number == self.fail_at:
            self.broken = True
        if self.broken:
            wait.fail(MemberFailed("its disk is broken"))
        elif epoch < self.epoch:
            wait.fail(StaleEpoch(f"epoch {epoch}"))
        else:
            wait.resolve(function())

    def _standing(self) -> Standing:
        last = self.content.sequence
        firm = last - len(self.undo)
        known = [sequence for sequence in (firm, *sorted(self.undo)) if sequence]
        tail = tuple(
            (sequence, self.content.log[sequence].epoch)
            for sequence in known
            if sequence in self.content.log
        )
        return Standing(b"%d" % self._start, last, tail, len(self.marks))

    def attach(self, epoch: int) -> Wait[Standing]:
        """Follow."""

        def run() -> Standing:
            self.epoch = epoch
            return self._standing()

        return self._call(epoch, "attach", run)

    def release(self, epoch: int) -> None:
        """Do nothing."""

    def beat(self, epoch: int) -> Wait[Beat]:
        """Answer."""
        return self._call(epoch, "beat", lambda: Beat(None, 5.0))

    def append(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Take records that are new."""
        return self._call(epoch, "append", partial(self._append, records, commit_point))

    def _append(self, records: Sequence[Record], commit_point: int) -> None:
        for record in records:
            assert record.sequence == self.content.sequence + 1, "a gap in the log"
            self.undo[record.sequence] = [
                (table, key, self.content.view.get(table, key))
                for table, key, _ in record.effects()
            ]
            _apply(self.content.view, [record])
            self.content.log[record.sequence] = record
        self.undo = {at: before for at, before in self.undo.items() if at > commit_point}

    def roll_back(self, epoch: int, sequence: int) -> Wait[None]:
        """Take records back."""

        def run() -> None:
            for at in range(self.content.sequence, sequence, -1):
                del self.content.log[at]
                for table, key, value in self.undo.pop(at):
                    if value is None:
                        self.content.view.tables[table].pop(key, None)
                    else:
                        self.content.view.tables[table][key] = value

        return self._call(epoch, "roll_back", run)

    def replay(self, epoch: int, records: Sequence[Record], commit_point: int) -> Wait[None]:
        """Take old records."""

        def run() -> None:
            for record in records:
                self._follow(record)
                self._append([record], commit_point)
            self.marks.update(extents_put(records))

        return self._call(epoch, "replay", run)

    def _follow(self, record: Record) -> None:
        """Cut a data file when a record of the past says that this is done everywhere."""
        for (table, key), value in record.changes.items():
            order = self.content.view.tables[Table.TRIM].get(key)
            if table is Table.TRIM and value is None and order is not None:
                self._cut(inode_of(key), unpack_number(order))

    def _cut(self, inode: int, size: int) -> None:
        if size:
            self.content.file(inode).cut(size)
        else:
            self.content.files.pop(inode, None)

    def begin_copy(self, epoch: int) -> Wait[None]:
        """Begin anew."""

        def run() -> None:
            self.copying = BrickContent()

        return self._call(epoch, "begin_copy", run)

    @property
    def _copy(self) -> BrickContent:
        assert self.copying is not None
        return self.copying

    def load(self, epoch: int, table: Table, items: Sequence[Item]) -> Wait[None]:
        """Take items."""
        return self._call(epoch, "load", lambda: self._copy.view.tables[table].update(items))

    def replay_copy(self, epoch: int, records: Sequence[Record]) -> Wait[None]:
        """Take records."""

        def run() -> None:
            for record in records:
                assert not self._copy.log or record.sequence == self._copy.sequence + 1
                _apply(self._copy.view, [record])
                self._copy.log[record.sequence] = record

        return self._call(epoch, "replay_copy", run)

    def end_copy(self, epoch: int) -> Wait[Standing]:
        """Use the copy."""

        def run() -> Standing:
            self.content, self.copying = self._copy, None
            self.undo.clear()
            self.marks = set(map(extent_of, self.content.view.tables[Table.EXTENT]))
            return self._standing()

        return self._call(epoch, "end_copy", run)

    def write(self, epoch: int, inode: int, offset: int, data: bytes | memoryview) -> Wait[None]:
        """Write."""
        return self._call(
            epoch, "write", lambda: self.content.file(inode).write(offset, bytes(data))
        )

    def create(self, epoch: int, inode: int, data: bytes) -> Wait[None]:
        """Make a data file."""
        raise NotImplementedError

    def cut(self, epoch: int, inode: int, size: int) -> Wait[None]:
        """Cut."""
        return self._call(epoch, "cut", lambda: self._cut(inode, size))

    def remove(self, epoch: int, inode: int) -> Wait[None]:
        """Remove."""
        return self._call(epoch, "remove", lambda: self._cut(inode, 0))

    def sync(self, epoch: int, inode: int) -> Wait[None]:
        """Make durable."""
        return self._call(epoch, "sync", lambda: None)

    def checksums(
        self, epoch: int, inode: int, extents: Sequence[tuple[int, int]]
    ) -> Wait[list[Extent]]:
        """Compute."""
        return self._call(epoch, "checksums", lambda: self.content.checksums(inode, extents))

    def read(self, epoch: int, inode: int, offset: int, count: int) -> Wait[bytes]:
        """Read."""
        return self._call(epoch, "read", lambda: self.content.read(inode, offset, count) or b"")

    def put_extent(self, epoch: int, inode: int, number: int, data: bytes) -> Wait[None]:
        """Overwrite."""

        def run() -> None:
            self.content.file(inode).put(number, data)
            self.unsettled.add((inode, number))

        return self._call(epoch, "put_extent", run)

    def missing(self, epoch: int) -> Wait[list[ExtentKey]]:
        """Note those that are open too, and return all."""

        def run() -> list[ExtentKey]:
            self.marks.update(self.content.open_extents())
            return sorted(self.marks)

        return self._call(epoch, "missing", run)

    def settle(self, epoch: int, extents: Sequence[ExtentKey]) -> Wait[None]:
        """Strike off."""

        def run() -> None:
            self.marks.difference_update(extents)
            self.unsettled.difference_update(extents)

        return self._call(epoch, "settle", run)

    def digest(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None
    ) -> Wait[RangeDigest]:
        """Digest."""
        return self._call(epoch, "digest", lambda: self.content.digest(table, after, upto))

    def rows(self, epoch: int, table: Table, after: bytes, upto: bytes | None) -> Wait[list[Item]]:
        """Return items."""
        return self._call(epoch, "rows", lambda: self.content.range(table, after, upto))

    def mend(
        self, epoch: int, table: Table, after: bytes, upto: bytes | None, items: Sequence[Item]
    ) -> Wait[None]:
        """Replace items."""

        def run() -> None:
            for key, _ in self.content.range(table, after, upto):
                del self.content.view.tables[table][key]
            self.content.view.tables[table].update(items)

        return self._call(epoch, "mend", run)


class FakeSource:
    """A primary whose clients do things at random.

    :param log_max: records that its log keeps, unless more are pinned.
    :ivar lost: called with the reason when the member that it has included fails.
    :ivar busy_s: how long clients pause at most between two changes.
    """

    def __init__(
        self,
        loop: Loop,
        random: Random,
        content: BrickContent,
        log_max: int = 1000,
        epoch: int = 1,
    ) -> None:
        self.loop = loop
        self.random = random
        self.content = content
        self.log_max = log_max
        self._epoch = epoch
        self.batch = Lock()
        self.resting = False
        self.deposed = False
        self.pinned: int | None = None
        self.included: Member | None = None
        self.inclusion = 0
        self.missing: set[ExtentKey] = set()
        self.members: list[FakeMember] = []
        self.excluded: list[tuple[str, str]] = []
        self.admitted: list[str] = []
        self.lost: Callable[[str], None] = lambda reason: None
        self.inodes: dict[int, Lock] = {}
        self.cuts: dict[int, int] = {}
        self.slow_read_s = 0.0
        self.slow_cut_s = 0.0
        self.busy_s = 0.05
        self.stopping = False
        self.rests = 0

    def _check(self) -> None:
        if self.deposed:
            raise FsError(FsCode.UNDECIDED)

    @property
    def epoch(self) -> int:
        """Return the epoch."""
        return self._epoch

    @property
    def sequence(self) -> int:
        """Return the last record."""
        self._check()
        return self.content.sequence

    @property
    def commit_point(self) -> int:
        """Return what all have."""
        self._check()
        return self.content.sequence - (self.batch.held and not self.resting)

    @property
    def in_sync(self) -> Sequence[Member]:
        """Return the others."""
        self._check()
        return tuple(self.members)

    def pin_log(self, member: Member, sequence: int | None) -> None:
        """Keep records."""
        self._check()
        self.pinned = sequence

    def epoch_of(self, sequence: int) -> int | None:
        """Return a record's epoch."""
        self._check()
        record = self.content.log.get(sequence)
        return None if record is None else record.epoch

    def records(self, after: int, bytes_max: int) -> list[Record]:
        """Return some records; 100 bytes each are counted."""
        self._check()
        found: list[Record] = []
        while after + 1 + len(found) in self.content.log and len(found) * 100 < bytes_max:
            found.append(self.content.log[after + 1 + len(found)])
        return found

    def items(self, table: Table, after: bytes, bytes_max: int) -> list[Item]:
        """Return some items."""
        self._check()
        found: list[Item] = []
        size = 0
        for item in self.content.range(table, after, None):
            if size >= bytes_max:
                break
            found.append(item)
            size += len(item[0]) + len(item[1])
        return found

    @asynccontextmanager
    async def at_rest(self) -> AsyncIterator[None]:
        """Hold back batches."""
        self._check()
        async with self.batch:
            self.rests += 1
            self.resting = True
            try:
                self._check()
                yield
            finally:
                self.resting = False

    def digest(self, table: Table, after: bytes, upto: bytes | None) -> RangeDigest:
        """Digest."""
        self._check()
        return self.content.digest(table, after, upto)

    @asynccontextmanager
    async def still(self, inode: int) -> AsyncIterator[None]:
        """Hold back changes of a file's bytes."""
        self._check()
        async with self.inodes.setdefault(inode, Lock()):
            self._check()
            yield

    async def read(self, inode: int, offset: int, count: int) -> bytes | None:
        """Read an extent."""
        self._check()
        if self.slow_read_s:
            await self.loop.pause(self.random.random() * self.slow_read_s)
            self._check()
        return self.content.read(inode, offset, count)

    async def checksums(self, inode: int, extents: Sequence[tuple[int, int]]) -> list[Extent]:
        """Compute."""
        self._check()
        return self.content.checksums(inode, extents)

    async def put_extent(self, inode: int, number: int, data: bytes) -> None:
        """Overwrite."""
        self._check()
        assert self.inodes[inode].held
        self.content.file(inode).put(number, data)

    def include(self, member: Member, missing: set[ExtentKey]) -> bool:
        """Send it everything."""
        self._check()
        assert isinstance(member, FakeMember)
        if not self.resting or member.content.sequence != self.sequence:
            return False
        assert set(member.content.open_extents()) <= missing
        assert missing <= member.marks, "an extent would be forgotten if the brick stopped"
        self.included, self.missing = member, missing
        self.inclusion += 1
        for inode, size in self.cuts.items():
            # What was begun without it, and will end with a record that it gets.
            step(self._tell(partial(self._send_cut, inode=inode, size=size)))
        return True

    def _send_cut(self, member: Member, inode: int, size: int) -> Wait[None]:
        if size:
            return member.cut(self._epoch, inode, size)
        return member.remove(self._epoch, inode)

    def exclude(self, member: Member, reason: str) -> None:
        """Send it nothing."""
        self._check()
        self.excluded.append((member.brick, reason))
        self.members = [each for each in self.members if each is not member]
        if self.included is member:
            self.included = None

    async def admit(self, member: Member) -> None:
        """Count it as in sync."""
        self._check()
        assert isinstance(member, FakeMember)
        assert member is self.included
        assert not self.missing
        assert not member.marks
        assert not member.unsettled
        self.admitted.append(member.brick)

    # What clients do

    async def _tell(
        self, call: Callable[[Member], Wait[Any]], extent: ExtentKey | None = None
    ) -> None:
        """Let all others do something too; those that do not are excluded.

        :param extent: it is about the bytes of this one, which the included member may lack.
        """
        asked: list[tuple[Member, Wait[Any]]] = [(each, call(each)) for each in self.members]
        inclusion = self.inclusion
        if self.included is not None and (extent is None or extent not in self.missing):
            asked.append((self.included, call(self.included)))
        for member, wait in asked:
            try:
                await Patience(self.loop, self.loop.call_later, 2.0).answer(wait)
            except MemberFailed as error:
                if member in self.members:
                    self.exclude(member, str(error))
                elif self.included is member and self.inclusion == inclusion:
                    self.included = None
                    self.lost(str(error))

    async def commit(self, *changes: tuple[Table, bytes, bytes | None]) -> None:
        """Make a record."""
        async with self.batch:
            record = Record(
                self.content.sequence + 1,
                self._epoch,
                self.loop.wall_ns(),
                {(table, key): value for table, key, value in changes},
                b"request %d" % self.content.sequence,
                b"result",
            )
            _apply(self.content.view, [record])
            self.content.log[record.sequence] = record
            self._note_cuts(record)
            await self._tell(
                lambda member: member.append(self._epoch, [record], record.sequence - 1)
            )
            self._trim()

    def _note_cuts(self, record: Record) -> None:
        for (table, key), value in record.changes.items():
            if table is Table.TRIM and value is not None:
                self.cuts[inode_of(key)] = unpack_number(value)
            elif table is Table.TRIM:
                del self.cuts[inode_of(key)]

    def _trim(self) -> None:
        keep_from = self.content.sequence - self.log_max + 1
        if self.pinned is not None:
            keep_from = min(keep_from, self.pinned)
        while (first := next(iter(self.content.log))) < keep_from:
            del self.content.log[first]

    async def work(self) -> None:
        """Do things until told to stop."""
        while not self.stopping:
            await self.change()
            await self.loop.pause(self.random.random() * self.busy_s)

    async def change(self) -> None:
        """Do one thing."""
        inodes = [inode_of(key) for key in sorted(self.content.view.tables[Table.INODE])]
        if len(inodes) < 3:
            await self.make()
            return
        inode = self.random.choice(inodes)
        action = self.random.choice(
            (self.make, *(self.write,) * 4, self.clean, self.clean, self.cut, self.remove)
        )
        if action == self.make:
            if len(inodes) < 15:
                await self.make()
        else:
            await action(inode)  # type: ignore[call-arg]

    async def make(self) -> int:
        """Make an empty file."""
        known = [inode_of(key) for key in self.content.view.tables[Table.INODE]]
        inode = max([*known, *self.inodes], default=9) + 1
        self.inodes[inode] = Lock()
        entry = inode_key(1) + b"name %d" % inode
        await self.commit(
            (Table.INODE, inode_key(inode), inode_value(inode, 0)),
            (Table.ENTRY, entry, inode_key(inode)),
        )
        return inode

    def _exists(self, inode: int) -> bool:
        return inode_key(inode) in self.content.view.tables[Table.INODE]

    async def write(self, inode: int, number: int | None = None, data: bytes = b"") -> None:
        """Write some bytes somewhere in a file."""
        if number is None:
            number = self.random.choice((*(0,) * 12, 1, 2))
        offset = number * EXTENT_BYTES + self.random.randrange(100)
        data = data or self.random.randbytes(self.random.randrange(1, 100))
        key = extent_key(inode, number)
        async with self.inodes[inode]:
            if not self._exists(inode):
                return
            if self.content.view.tables[Table.EXTENT].get(key) != _BEING_WRITTEN:
                await self.commit(
                    (Table.EXTENT, key, _BEING_WRITTEN), (Table.META, WRITING + key, b"")
                )
            self.content.file(inode).write(offset, data)
            await self._tell(
                lambda member: member.write(self._epoch, inode, offset, data), (inode, number)
            )
            old = self.content.view.tables[Table.INODE][inode_key(inode)]
            size = max(size_of(old), offset + len(data))
            await self.commit((Table.INODE, inode_key(inode), inode_value(inode, size)))

    async def clean(self, inode: int) -> None:
        """Let all extents of a file go clean."""
        async with self.inodes[inode]:
            await self._tell(lambda member: member.sync(self._epoch, inode))
            for key, number in [
                (extent_key(*each), each[1])
                for each in sorted(self.content.open_extents())
                if each[0] == inode
            ]:
                extent = self.content.file(inode).checksum(number, EXTENT_BYTES)
                await self._equalise(inode, number, extent)
                await self.commit(
                    (Table.EXTENT, key, pack_extent(extent)), (Table.META, WRITING + key, None)
                )

    async def _equalise(self, inode: int, number: int, extent: Extent) -> None:
        """Let all others have the same, if they do not: a hole may end elsewhere."""
        data = self.content.file(inode).read(number)

        def put(member: Member) -> Wait[Any]:
            assert isinstance(member, FakeMember)
            if member.content.checksums(inode, [(number, EXTENT_BYTES)]) == [extent]:
                return member.sync(self._epoch, inode)
            put = member.put_extent(self._epoch, inode, number, data)
            member.settle(self._epoch, [(inode, number)])
            return put

        await self._tell(put, (inode, number))

    async def cut(self, inode: int) -> None:
        """Make a file shorter."""
        size = self.random.choice((50, EXTENT_BYTES + 50, EXTENT_BYTES))
        async with self.inodes[inode]:
            if self._exists(inode):
                value = inode_value(inode, size)
                await self._cut(inode, size, (Table.INODE, inode_key(inode), value))

    async def remove(self, inode: int) -> None:
        """Remove a file."""
        async with self.inodes[inode]:
            entry = inode_key(1) + b"name %d" % inode
            gone = (Table.INODE, inode_key(inode), None)
            await self._cut(inode, 0, gone, (Table.ENTRY, entry, None))

    async def _cut(
        self, inode: int, size: int, *changes: tuple[Table, bytes, bytes | None]
    ) -> None:
        first, rest = divmod(size, EXTENT_BYTES)
        extents: list[tuple[Table, bytes, bytes | None]] = []
        for key in self.content.view.tables[Table.EXTENT]:
            if inode_of(key) == inode and extent_of(key)[1] >= first:
                is_boundary = extent_of(key)[1] == first and bool(rest)
                state = _BEING_WRITTEN if is_boundary else None
                extents.append((Table.EXTENT, key, state))
                extents.append((Table.META, WRITING + key, b"" if is_boundary else None))
        trim = (Table.TRIM, inode_key(inode), pack_number(size))
        await self.commit(*changes, *extents, trim)
        await self.loop.pause(self.random.random() * self.slow_cut_s)
        if size:
            self.content.file(inode).cut(size)
        else:
            self.content.files.pop(inode, None)
        await self._tell(partial(self._send_cut, inode=inode, size=size))
        await self.loop.pause(self.random.random() * self.slow_cut_s)
        await self.commit((Table.TRIM, inode_key(inode), None))
