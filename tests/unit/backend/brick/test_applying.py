"""Apply, undo, replay and trim, on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nfsgw.backend.brick.applying import (
    Batch,
    LogBounds,
    apply,
    first_undone,
    last_record,
    replay,
    roll_back,
    trim_log,
)
from nfsgw.backend.brick.keys import COMMIT_POINT, sequence_key
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.schema import pack_number
from nfsgw.backend.brick.store import Store, StoreFailed, Transaction
from nfsgw.backend.brick.view import Table
from tests.support.stores import MemoryStore

Tables = dict[Table, dict[bytes, bytes]]
KEYS = st.tuples(st.sampled_from([Table.INODE, Table.ENTRY]), st.binary(min_size=1, max_size=1))
CHANGES = st.lists(
    st.dictionaries(KEYS, st.none() | st.binary(max_size=2), min_size=1, max_size=4),
    min_size=1,
    max_size=10,
)


@pytest.fixture(params=["memory", "lmdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of each kind."""
    made: Any = MemoryStore() if request.param == "memory" else LmdbStore(tmp_path, sync=False)
    yield made
    made.close()


def records_of(changes: list[dict[tuple[Table, bytes], bytes | None]]) -> list[Record]:
    """Make records, every second one with a request."""
    return [
        Record(
            n, 1, n, dict(each), n.to_bytes(28, "big") if n % 2 else b"", b"r" if n % 2 else b""
        )
        for n, each in enumerate(changes, 1)
    ]


def replicated(store: Store) -> Tables:
    """Return all tables but the local ones."""
    snapshot = store.snapshot()
    tables: Tables = {
        table: dict(snapshot.scan(table, b""))
        for table in Table
        if table not in (Table.UNDO, Table.META)
    }
    snapshot.close()
    return tables


@given(changes=CHANGES, back_to=st.integers(0, 10), keep=st.integers(1, 3))
def test_rolled_back_state_is_the_state_before(
    changes: list[dict[tuple[Table, bytes], bytes | None]], back_to: int, keep: int
) -> None:
    """A brick that has too much goes back to exactly what the others have."""
    records = records_of(changes)
    back_to = min(back_to, len(records))
    whole, part = MemoryStore(), MemoryStore()
    part.transact(lambda transaction: apply(transaction, records[:back_to], keep_undo=True))
    for start in range(0, len(records), keep):
        batch = records[start : start + keep]
        whole.transact(partial(apply, records=batch, keep_undo=True))
    undone = whole.transact(lambda transaction: roll_back(transaction, back_to))
    assert undone == len(records) - back_to
    assert replicated(whole) == replicated(part)
    # What stays can be taken back too, and so can what comes again.
    whole.transact(lambda transaction: apply(transaction, records[back_to:], keep_undo=True))
    undone = whole.transact(lambda transaction: roll_back(transaction, 0))
    assert undone == len(records)
    assert not any(whole.tables.values())


def test_batch_equals_records_one_by_one(store: Store) -> None:
    """Committing in groups changes nothing but the speed."""
    records = records_of(
        [
            {(Table.INODE, b"a"): b"1", (Table.ENTRY, b"e"): b"x"},
            {(Table.INODE, b"a"): b"2", (Table.ENTRY, b"e"): None},
            {(Table.INODE, b"b"): b"3", (Table.INODE, b"none"): None},
        ]
    )
    single = MemoryStore()
    for record in records:
        single.fill(record)
    store.transact(lambda transaction: apply(transaction, records, keep_undo=False))
    assert replicated(store) == replicated(single)
    assert replicated(store)[Table.INODE] == {b"a": b"2", b"b": b"3"}


def test_undo_only_above_the_commit_point(store: Store) -> None:
    """Undo values are kept exactly for what may still be taken back."""
    records = records_of([{(Table.INODE, bytes([n])): b"v"} for n in range(1, 6)])
    store.transact(Batch(records[:3], LogBounds(), commit_point=1))
    store.transact(Batch(records[3:], LogBounds(), commit_point=3))
    snapshot = store.snapshot()
    assert [key for key, _ in snapshot.scan(Table.UNDO, b"")] == [sequence_key(5)]
    assert snapshot.get(Table.META, COMMIT_POINT) == pack_number(3)
    snapshot.close()
    assert store.transact(first_undone) == 4
    with pytest.raises(StoreFailed, match="reach back"):
        store.transact(lambda transaction: roll_back(transaction, 2))
    assert store.transact(lambda transaction: roll_back(transaction, 3)) == 2
    assert set(replicated(store)[Table.INODE]) == {b"\x01", b"\x02", b"\x03"}


def test_replay_continues_after_the_last_record(store: Store) -> None:
    """A brick that was away catches up from another one's log; what it has, it skips."""
    records = records_of([{(Table.INODE, bytes([n])): b"v"} for n in range(1, 6)])
    source = MemoryStore()
    source.transact(lambda transaction: apply(transaction, records, keep_undo=False))
    store.transact(lambda transaction: apply(transaction, records[:2], keep_undo=False))
    entries = sorted(source.tables[Table.LOG].items())
    assert store.transact(lambda transaction: replay(transaction, entries)) == 5
    assert replicated(store) == replicated(source)


def test_replay_with_a_gap_is_refused(store: Store) -> None:
    """Records that do not follow are never applied."""
    records = records_of([{(Table.INODE, b"a"): b"v"}] * 3)
    source = MemoryStore()
    source.transact(lambda transaction: apply(transaction, records, keep_undo=False))
    entries = sorted(source.tables[Table.LOG].items())[1:]
    with pytest.raises(StoreFailed, match="does not follow"):
        store.transact(lambda transaction: replay(transaction, entries))
    assert replicated(store)[Table.LOG] == {}


def log_of(transaction: Transaction) -> list[int]:
    """Return the sequences in the log."""
    return [int.from_bytes(key, "big") for key, _ in transaction.scan(Table.LOG, b"")]


def test_log_is_bounded_by_age_and_keeps_its_newest(store: Store) -> None:
    """Old records leave the log; the last one stays whatever its age."""
    second = 1_000_000_000
    records = [Record(n, 1, n * second, {}) for n in range(1, 11)]
    store.transact(lambda transaction: apply(transaction, records, keep_undo=False))
    bounds = LogBounds(bytes_max=1 << 30, age_s=4)
    store.transact(lambda transaction: trim_log(transaction, bounds, 10 * second))
    assert store.transact(log_of) == [6, 7, 8, 9, 10]
    store.transact(lambda transaction: trim_log(transaction, bounds, 1000 * second))
    assert store.transact(log_of) == [10]


def test_log_is_bounded_by_size(store: Store) -> None:
    """A busy brick's log stays near its bound while it grows."""
    bounds = LogBounds(bytes_max=200_000, age_s=1 << 30)
    sequence = 0
    for _ in range(100):
        batch = [
            Record(sequence + n, 1, 1, {(Table.META, b"k"): b"v" * 400}) for n in range(1, 65)
        ]
        sequence += 64
        store.transact(Batch(batch, bounds))
    kept = store.transact(log_of)
    assert kept == list(range(kept[0], 6401))
    assert 100 < len(kept) < 1400


def test_log_cannot_go_back(tmp_path: Path) -> None:
    """A record below the last one is refused by the store, and nothing of it stays."""
    store = LmdbStore(tmp_path, sync=False)
    store.transact(lambda transaction: apply(transaction, [Record(5, 1, 1, {})], keep_undo=False))
    late = Record(4, 1, 1, {(Table.INODE, b"a"): b"v"})
    with pytest.raises(StoreFailed):
        store.transact(lambda transaction: apply(transaction, [late], keep_undo=False))
    assert replicated(store)[Table.INODE] == {}
    last = store.transact(last_record)
    assert last is not None
    assert last.sequence == 5
    store.close()
