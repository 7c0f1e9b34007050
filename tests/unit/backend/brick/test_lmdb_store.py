"""The LMDB store does what the interface says; the same cases run on the tests' own store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.store import Store, StoreFailed, Transaction
from nfsgw.backend.brick.view import Table
from nfsgw.backend.brick.worker import Inline
from tests.support.stores import MemoryStore


@pytest.fixture(params=["memory", "lmdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of each kind."""
    made: Any = MemoryStore() if request.param == "memory" else LmdbStore(tmp_path, sync=False)
    yield made
    made.close()


def put(store: Store, *keys: bytes) -> None:
    """Put keys, with themselves as values."""
    store.transact(
        lambda transaction: transaction.put_many(Table.ENTRY, [(key, key) for key in keys])
    )


def test_scan_by_prefix_and_after(store: Store) -> None:
    """Scans begin after the given key and end with their prefix."""
    put(store, b"a1", b"a2", b"a3", b"b1")
    snapshot = store.snapshot()

    def keys(prefix: bytes, after: bytes = b"") -> list[bytes]:
        return [key for key, _ in snapshot.scan(Table.ENTRY, prefix, after)]

    assert keys(b"a") == [b"a1", b"a2", b"a3"]
    assert keys(b"a", b"a1") == [b"a2", b"a3"]
    assert keys(b"a", b"a15") == [b"a2", b"a3"]
    assert keys(b"a", b"a3") == []
    assert keys(b"") == [b"a1", b"a2", b"a3", b"b1"]
    assert keys(b"", b"a3") == [b"b1"]
    assert keys(b"b", b"a") == [b"b1"]
    assert keys(b"c") == []
    assert list(snapshot.scan(Table.COOKIE, b"")) == []
    snapshot.close()


def test_snapshot_does_not_see_later_commits(store: Store) -> None:
    """One turn's reads are of one moment."""
    put(store, b"a")
    snapshot = store.snapshot()
    put(store, b"b")
    assert snapshot.get(Table.ENTRY, b"b") is None
    snapshot.close()
    snapshot = store.snapshot()
    assert snapshot.get(Table.ENTRY, b"b") == b"b"
    snapshot.close()


def test_error_in_the_work_commits_nothing(tmp_path: Path) -> None:
    """Half a transaction is none, and its caller hears of it."""
    store = LmdbStore(tmp_path, sync=False)

    def work(transaction: Transaction) -> None:
        transaction.put_many(Table.ENTRY, [(b"a", b"1")])
        raise RuntimeError("a defect")

    ends: list[StoreFailed | None] = []
    store.write(work, ends.append)
    assert len(ends) == 1
    assert isinstance(ends[0], StoreFailed)
    snapshot = store.snapshot()
    assert snapshot.get(Table.ENTRY, b"a") is None
    snapshot.close()
    store.close()


def test_durable_store_reports_through_its_worker(tmp_path: Path) -> None:
    """The end of a commit is told, with its error if it has one."""
    store = LmdbStore(tmp_path, Inline(), sync=True)
    ends: list[StoreFailed | None] = []
    store.write(lambda t: t.put_many(Table.ENTRY, [(b"a", b"1")]), ends.append)
    store.write(lambda t: t.put_many(Table.ENTRY, [(b"k" * 600, b"1")]), ends.append)
    assert ends[0] is None
    assert isinstance(ends[1], StoreFailed)
    store.close()


def test_reopened_store_has_what_was_committed(tmp_path: Path) -> None:
    """Tables survive the process."""
    store = LmdbStore(tmp_path, sync=False)
    put(store, b"a")
    store.close()
    store = LmdbStore(tmp_path, sync=False, read_only=True)
    snapshot = store.snapshot()
    assert snapshot.get(Table.ENTRY, b"a") == b"a"
    snapshot.close()
    store.close()


def test_missing_environment_is_a_plain_error(tmp_path: Path) -> None:
    """A check of what is not there says so."""
    with pytest.raises(StoreFailed, match="cannot be opened"):
        LmdbStore(tmp_path / "none", sync=False, read_only=True)
