"""A store on a simulated disk: commits take time, may fail, and may be cut short.

A transaction of a durable store has three moments: it starts, it *reaches the disk* (from then on
it is seen by later snapshots, and is there after any crash), and its caller hears of it.  Faults
come between them.  A failed commit leaves the disk in the state before or after it, and readers in
either, not always the same one: LMDB writes its data, then one page that makes it valid, and it is
this page whose fate is not known.

The store also holds its users to what LMDB demands of them without reader locks: one transaction
at a time, and no snapshot that is still open when a second one begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from random import Random
from typing import TypeVar

from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table, merge
from nfsgw.turn import Turn
from nfsgw.waiting import Wait
from tests.simulation.medium import Medium
from tests.simulation.scheduler import Life
from tests.simulation.tables import Changes, Tables

__all__ = ["SimStore", "fill", "lose_power"]

T = TypeVar("T")

_REACH_S = 0.003
_HEAR_S = 0.001
_KEY_BYTES_MAX = 511

_Done = Callable[[StoreFailed | None], None]
_Work = Callable[[Transaction], object]


class _Transaction:
    """What a transaction sees: its own changes, and the tables below them."""

    __slots__ = ("_tables", "changes")

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.changes: Changes = [{} for _ in Table]

    def get(self, table: Table, key: bytes) -> bytes | None:
        changed = self.changes[table]
        if key in changed:
            return changed[key]
        return self._tables.contents[table].values.get(key)

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        below = self._tables.scan(table, prefix, after)
        return _overlaid(below, self.changes[table], prefix, after)

    def put_many(self, table: Table, items: Sequence[tuple[bytes, bytes]]) -> None:
        changed = self.changes[table]
        if table is Table.LOG:
            last = self.last(table)
            before = b"" if last is None else last[0]
            for key, _ in items:
                if key <= before:
                    raise StoreFailed("a record's sequence is not above the log's last one")
                before = key
        for key, value in items:
            assert 0 < len(key) <= _KEY_BYTES_MAX, "LMDB would refuse this key"
            changed[key] = value

    def delete_many(self, table: Table, keys: Iterable[bytes]) -> None:
        changed = self.changes[table]
        for key in keys:
            changed[key] = None

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        return _last(self._tables, table, self.changes[table])

    def table_bytes(self, table: Table) -> int:
        """Return the sum of what was committed; pages would say little more."""
        content = self._tables.contents[table]
        return sum(map(len, content.keys)) + sum(map(len, content.values.values()))

    def growth(self) -> int:
        """Return about how many bytes more the tables would take."""
        grown = 0
        for content, changed in zip(self._tables.contents, self.changes, strict=True):
            for key, value in changed.items():
                old = content.values.get(key)
                grown += 0 if value is None else len(key) + len(value)
                grown -= 0 if old is None else len(key) + len(old)
        return grown


def _last(
    below: Tables, table: Table, above: dict[bytes, bytes | None]
) -> tuple[bytes, bytes] | None:
    """Return the item with the largest key of a table with changes laid over it."""
    content = below.contents[table]
    own = max((key for key, value in above.items() if value is not None), default=None)
    for key in reversed(content.keys):
        if own is not None and own >= key:
            break
        if key not in above:
            return key, content.values[key]
    value = None if own is None else above[own]
    return None if own is None or value is None else (own, value)


def _overlaid(
    below: Iterator[tuple[bytes, bytes]],
    above: dict[bytes, bytes | None],
    prefix: bytes,
    after: bytes,
) -> Iterator[tuple[bytes, bytes]]:
    items = sorted(
        (key, value) for key, value in above.items() if key.startswith(prefix) and key > after
    )
    return merge(below, items) if items else below


class _Snapshot:
    """The tables after some commit.

    :ivar before: what one later commit has replaced; None if there was none.
    """

    __slots__ = ("_closed", "_tables", "before")

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._closed = False
        self.before: Changes | None = None

    def get(self, table: Table, key: bytes) -> bytes | None:
        assert not self._closed, "a snapshot was used after its end"
        if self.before is not None and key in self.before[table]:
            return self.before[table][key]
        return self._tables.contents[table].values.get(key)

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        items = self._tables.scan(table, prefix, after)
        if self.before is not None:
            items = _overlaid(items, self.before[table], prefix, after)
        for item in items:
            assert not self._closed, "a scan lived longer than its snapshot"
            yield item

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        assert not self._closed, "a snapshot was used after its end"
        return _last(self._tables, table, {} if self.before is None else self.before[table])

    def close(self) -> None:
        self._closed = True

    @property
    def closed(self) -> bool:
        return self._closed


class SimStore:
    """Tables while a process has them open; a :class:`nfsgw.backend.brick.store.Store`.

    :param tables: what it opens; they outlive it.
    :param durable: commits take time; False: they happen at once, and power loss ends all.
    """

    def __init__(
        self, tables: Tables, medium: Medium, life: Life, turn: Turn, durable: bool
    ) -> None:
        self.tables = tables
        self._medium = medium
        self._life = life
        self._turn = turn
        self._durable = durable
        self._snapshots: list[_Snapshot] = []
        self._busy = False
        self._work: _Work | None = None
        self._failed = False
        self._quiet: list[Wait[None]] = []
        self.closed = False

    # Reading

    def snapshot(self) -> _Snapshot:
        """Begin a look at what was committed last."""
        self._check_open()
        self._forget_closed()
        snapshot = _Snapshot(self.tables)
        self._snapshots.append(snapshot)
        return snapshot

    def _forget_closed(self) -> None:
        if self._snapshots:
            self._snapshots = [one for one in self._snapshots if not one.closed]

    def _check_open(self) -> None:
        assert not self.closed, "the store is closed"
        if self._failed:
            raise StoreFailed("the environment has failed")

    # Writing

    def write(self, work: _Work, done: _Done) -> None:
        """Start a transaction; ``done`` is called later if anything waits for the disk."""
        self._begin()
        if not self._durable:
            done(self._end_of(work))
            return
        self._busy = True
        self._work = work
        self._medium.wait(self._life, _REACH_S, partial(self._reach, work, done))

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run and commit at once."""
        self._begin()
        if self._durable:
            self._medium.block()
        return self._commit(work)

    def _begin(self) -> None:
        assert not self.closed, "the store is closed"
        assert not self._busy, "two transactions at a time"
        self._forget_closed()
        for snapshot in self._snapshots:
            assert snapshot.before is None, "a snapshot would overlap a second transaction"

    def _reach(self, work: _Work, done: _Done) -> None:
        """Let a transaction reach the disk, or fail."""
        self._work = None
        error = self._end_of(work)
        self._medium.wait(self._life, _HEAR_S, partial(self._hear, done, error))

    def _hear(self, done: _Done, error: StoreFailed | None) -> None:
        self._busy = False
        with self._turn:
            done(error)
            quiet, self._quiet = self._quiet, []
            for wait in quiet:
                wait.resolve(None)

    def _end_of(self, work: _Work) -> StoreFailed | None:
        try:
            self._commit(work)
        except StoreFailed as error:
            return error
        return None

    def _commit(self, work: Callable[[Transaction], T]) -> T:
        if self._failed:
            raise StoreFailed("the environment has failed")
        medium = self._medium
        medium.count_call()
        transaction = _Transaction(self.tables)
        result = work(transaction)
        if medium.read_only:
            raise StoreFailed("read-only file system")
        if medium.capacity is not None and transaction.growth() > medium.room:
            raise StoreFailed("no space left on the disk")
        if medium.fail_commit:
            medium.fail_commit = False
            self._fail(transaction.changes)
        self._apply(transaction.changes)
        self.tables.unsure = None
        return result

    def _fail(self, changes: Changes) -> None:
        chance = self._medium.random.random()
        if chance >= 0.3:
            # Nobody knows, and LMDB refuses any further use.
            self._failed = True
            if chance < 0.6:
                self.tables.unsure = changes
            else:
                self.tables.unsure = self.tables.undo(changes)
                self._apply(changes)
        raise StoreFailed("input/output error")

    def _apply(self, changes: Changes) -> None:
        self._forget_closed()
        for snapshot in self._snapshots:
            snapshot.before = self.tables.undo(changes)
        self.tables.apply(changes)

    async def quiet(self) -> None:
        """Return when no transaction is under way."""
        while self._busy:
            wait: Wait[None] = Wait()
            self._quiet.append(wait)
            await wait

    def close(self) -> None:
        """Close; no transaction may be under way."""
        assert not self._busy, "the store is closed while a transaction is under way"
        self.closed = True

    def kill(self, random: Random, power: bool) -> None:
        """Let the process die: a transaction that has not reached the disk may still do so.

        :param power: the machine dies with it.
        """
        work, self._work = self._work, None
        if self.closed:
            return
        self.closed = True
        if work is None or self._failed or self._medium.hung or random.random() < 0.5:
            return
        transaction = _Transaction(self.tables)
        work(transaction)
        undo = self.tables.undo(transaction.changes)
        self.tables.apply(transaction.changes)
        # The page cache has it; the disk will, unless the machine dies too.
        self.tables.unsure = None if power else undo


def fill(tables: Tables, work: _Work) -> None:
    """Carry out a transaction on tables that nobody has open."""
    transaction = _Transaction(tables)
    work(transaction)
    tables.apply(transaction.changes)


def lose_power(tables: Tables, random: Random) -> None:
    """Let the machine die: a commit in doubt has happened or not."""
    unsure, tables.unsure = tables.unsure, None
    if unsure is not None and random.random() < 0.5:
        tables.apply(unsure)
