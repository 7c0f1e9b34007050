"""A store in memory whose commits end, fail or get lost when the test says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from nfsgw.backend.brick.applying import apply
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import DictView, Table

__all__ = ["MemoryStore", "MemoryTransaction"]

T = TypeVar("T")


class MemoryTransaction(DictView):
    """Tables that may be written; a copy, which becomes the store's at commit."""

    def __init__(self, tables: dict[Table, dict[bytes, bytes]]) -> None:
        self.tables = {table: dict(items) for table, items in tables.items()}

    def put_many(self, table: Table, items: Sequence[tuple[bytes, bytes]]) -> None:
        """Set values."""
        for key, value in items:
            assert 0 < len(key) <= 511, "LMDB would refuse this key"
            self.tables[table][key] = value

    def delete_many(self, table: Table, keys: Iterable[bytes]) -> None:
        """Remove keys."""
        for key in keys:
            self.tables[table].pop(key, None)

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        """Return the item with the largest key."""
        items = self.tables[table]
        return max(items.items()) if items else None

    def table_bytes(self, table: Table) -> int:
        """Return the sum of keys and values."""
        return sum(len(key) + len(value) for key, value in self.tables[table].items())


class _Snapshot(DictView):
    def __init__(self, tables: dict[Table, dict[bytes, bytes]]) -> None:
        self.tables = tables
        self.closed = False

    def get(self, table: Table, key: bytes) -> bytes | None:
        assert not self.closed, "a read transaction was used after its end"
        return super().get(table, key)

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        for item in super().scan(table, prefix, after):
            assert not self.closed, "a scan lived longer than its read transaction"
            yield item

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        """Return the item with the largest key."""
        items = self.tables[table]
        return max(items.items()) if items else None

    def close(self) -> None:
        self.closed = True


class MemoryStore:
    """A :class:`nfsgw.backend.brick.store.Store`.

    :param held: a write stays under way until :meth:`complete`, :meth:`fail` or the crash, which
        is simply to go on with ``MemoryStore(of=this)``; else it ends at once.
    """

    def __init__(self, held: bool = False, of: MemoryStore | None = None) -> None:
        self.held = held
        empty: dict[Table, dict[bytes, bytes]] = {table: {} for table in Table}
        self.tables: dict[Table, dict[bytes, bytes]] = (
            empty if of is None else MemoryTransaction(of.tables).tables
        )
        self.commits = 0
        self._under_way: (
            tuple[Callable[[Transaction], object], Callable[[StoreFailed | None], None]] | None
        ) = None

    def fill(self, record: Record) -> None:
        """Apply a record."""
        self.transact(lambda transaction: apply(transaction, [record], keep_undo=False))

    @property
    def writing(self) -> bool:
        """Say whether a commit is under way."""
        return self._under_way is not None

    def snapshot(self) -> _Snapshot:
        """Begin a look; commits replace the tables, so what it sees stays."""
        return _Snapshot(self.tables)

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run and commit at once."""
        transaction = MemoryTransaction(self.tables)
        result = work(transaction)
        self.tables = transaction.tables
        self.commits += 1
        return result

    def write(
        self, work: Callable[[Transaction], object], done: Callable[[StoreFailed | None], None]
    ) -> None:
        """Begin a commit."""
        assert self._under_way is None, "two commits at a time"
        self._under_way = (work, done)
        if not self.held:
            self.complete()

    def complete(self) -> None:
        """Let the commit under way become durable."""
        self.reach_disk()
        self.report()

    def reach_disk(self) -> None:
        """Let the commit under way be visible and durable, its end not yet known."""
        assert self._under_way is not None
        self.transact(self._under_way[0])

    def report(self, error: StoreFailed | None = None) -> None:
        """Tell the end of the commit under way."""
        assert self._under_way is not None
        done = self._under_way[1]
        self._under_way = None
        done(error)

    def fail(self) -> None:
        """Let the commit under way fail without effect."""
        self.report(StoreFailed("the disk is broken"))

    def close(self) -> None:
        """Do nothing."""
