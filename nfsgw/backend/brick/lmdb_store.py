"""The store in LMDB: one environment, a named database per table.

LMDB's own crash safety is the only write-ahead log.  A durable store commits with fsync in its
worker thread; one without durability commits where it is called, without any sync, which survives
the death of the process but not that of the machine.

LMDB's own lock file is not used: noting each read transaction in it is a write to a mapped page of
the brick's file system, which stops the whole daemon when that file system takes no writes for a
while.  Instead the brick's directory is locked as a whole (:mod:`.identity`), and a snapshot must
not outlive the next commit: LMDB spares the pages of the last two committed states, so a snapshot
may overlap one transaction, not two.  A brick lets go of its snapshot when it hears of a commit,
and only then begins another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import lmdb

from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table
from nfsgw.backend.brick.worker import Worker
from nfsgw.waiting import Wait

__all__ = ["DATA_FILE", "MAP_BYTES", "LmdbStore"]

T = TypeVar("T")

MAP_BYTES: Final = 1 << 40
"""Address space, not room on the disk.  All processes on one environment need the same."""

DATA_FILE: Final = "data.mdb"
"""The one file of an environment that holds anything."""

_PAGE_NUMBERS: Final = ("branch_pages", "leaf_pages", "overflow_pages")


def _failed(error: Exception, what: str) -> StoreFailed:
    return StoreFailed(f"{what}: {error}")


class _Tables:
    """Reads in one LMDB transaction."""

    __slots__ = ("_databases", "_get", "_transaction")

    def __init__(self, transaction: Any, databases: list[Any]) -> None:  # noqa: ANN401
        self._transaction = transaction
        self._databases = databases
        self._get = transaction.get

    def get(self, table: Table, key: bytes) -> bytes | None:
        """Return the value of a key, or None."""
        value: bytes | None = self._get(key, None, self._databases[table])
        return value

    def scan(
        self, table: Table, prefix: bytes, after: bytes = b""
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield (key, value), ascending, of the keys that start with ``prefix``."""
        cursor = self._transaction.cursor(self._databases[table])
        start = after if after > prefix else prefix
        found = cursor.set_range(start) if start else cursor.first()
        if found and after and cursor.key() == after:
            found = cursor.next()
        if not found:
            return iter(())
        items: Iterator[tuple[bytes, bytes]] = cursor.iternext(keys=True, values=True)
        return _while_prefix(items, prefix) if prefix else items

    def last(self, table: Table) -> tuple[bytes, bytes] | None:
        """Return the item with the largest key, or None."""
        cursor = self._transaction.cursor(self._databases[table])
        return cursor.item() if cursor.last() else None

    def table_bytes(self, table: Table) -> int:
        """Return the size of the table's pages."""
        statistics = self._transaction.stat(self._databases[table])
        pages = sum(int(statistics[name]) for name in _PAGE_NUMBERS)
        return pages * int(statistics["psize"])

    def close(self) -> None:
        """End the transaction; nothing of it is kept unless it was committed."""
        self._transaction.abort()


def _while_prefix(
    items: Iterator[tuple[bytes, bytes]], prefix: bytes
) -> Iterator[tuple[bytes, bytes]]:
    for item in items:
        if not item[0].startswith(prefix):
            return
        yield item


class _WriteTables(_Tables):
    """Reads and writes in one LMDB transaction."""

    __slots__ = ()

    def put_many(self, table: Table, items: Sequence[tuple[bytes, bytes]]) -> None:
        """Set values."""
        database = self._databases[table]
        # Keys of the log only grow, so it is appended to: LMDB then fills its pages whole.
        append = table is Table.LOG
        if len(items) == 1:
            key, value = items[0]
            added = int(self._transaction.put(key, value, True, True, append, database))
        else:
            with self._transaction.cursor(database) as cursor:
                _, added = cursor.putmulti(items, True, True, append)
        if append and added != len(items):
            raise StoreFailed("a record's sequence is not above the log's last one")

    def delete_many(self, table: Table, keys: Iterable[bytes]) -> None:
        """Remove keys."""
        delete = self._transaction.delete
        database = self._databases[table]
        for key in keys:
            delete(key, b"", database)


class LmdbStore:
    """A :class:`nfsgw.backend.brick.store.Store` in a directory.

    :param path: the environment's directory; its files are made if missing.
    :param worker: commits there, with fsync; None: no durability, commits at once.
    :param read_only: for the offline check.
    :raises StoreFailed: it cannot be opened.
    """

    def __init__(
        self, path: Path, worker: Worker | None = None, *, sync: bool, read_only: bool = False
    ) -> None:
        self._worker = worker
        self._path = path
        try:
            # It must not make the directory: that would be done under the interpreter's lock, so
            # that a disk which hangs would stop all threads.
            self._environment = lmdb.open(
                str(path),
                map_size=MAP_BYTES,
                max_dbs=len(Table),
                lock=False,
                max_spare_txns=4,
                sync=sync,
                metasync=sync,
                readonly=read_only,
                readahead=False,
                create=False,
                mode=0o600,
            )
            self._databases = [
                self._environment.open_db(table.name.lower().encode(), create=not read_only)
                for table in Table
            ]
        except (lmdb.Error, OSError) as error:
            raise _failed(error, f"{path} cannot be opened") from error

    def snapshot(self) -> _Tables:
        """Begin a look at the last committed state."""
        try:
            return _Tables(self._environment.begin(), self._databases)
        except lmdb.Error as error:
            raise _failed(error, f"{self._path} cannot be read") from error

    def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run ``work`` in one transaction, and commit it."""
        try:
            # The write transaction is aborted, not committed, when ``work`` raises.
            with self._environment.begin(write=True) as transaction:
                return work(_WriteTables(transaction, self._databases))
        except (lmdb.Error, OSError) as error:
            raise _failed(error, f"{self._path} cannot be written") from error

    def write(
        self, work: Callable[[Transaction], object], done: Callable[[StoreFailed | None], None]
    ) -> None:
        """Start one transaction; ``done`` is called when it is durable, or has failed."""
        if self._worker is None:
            done(self._end_of(lambda: self.transact(work)))
            return
        wait: Wait[Any] = self._worker.run(self.transact, work)
        wait.add_callback(lambda: done(self._end_of(wait.result)))

    def _end_of(self, result: Callable[[], object]) -> StoreFailed | None:
        try:
            result()
        except StoreFailed as error:
            return error
        except Exception as error:  # noqa: BLE001 - see below
            # A defect in the work: the transaction is gone, and those who wait must hear of that.
            return _failed(error, f"{self._path} cannot be written")
        return None

    def sync(self) -> None:
        """Write everything to the disk, where commits do not."""
        with contextlib.suppress(lmdb.Error):
            self._environment.sync(True)

    def close(self) -> None:
        """Close; no transaction may be under way."""
        self._environment.close()
