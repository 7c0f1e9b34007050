"""What a brick that follows a primary does to its tables, on both kinds of store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.keys import (
    BOOT,
    COMMIT_POINT,
    EMPTY_FILES,
    EPOCH,
    FAILED_FLUSHES,
    FORMAT,
    MISSING,
    NEXT_INODE,
    RECONCILE,
    extent_key,
    inode_key,
    sequence_key,
)
from nfsgw.backend.brick.lmdb_store import LmdbStore
from nfsgw.backend.brick.record import Changes, Record
from nfsgw.backend.brick.schema import EXTENT_BYTES, pack_number
from nfsgw.backend.brick.store import Store, StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica import receiving
from nfsgw.backend.replica.member import Item, MemberFailed
from nfsgw.backend.replica.receiving import FileState, FileWork
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.bench import (
    CLEAN,
    file_value,
    put_extent,
    records_from,
    trim,
    writing_key,
)

BOUNDS = LogBounds()
FILE = 7
VALUE = file_value(FILE, 100)


@pytest.fixture(params=["memory", "lmdb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of each kind."""
    made: Any = MemoryStore() if request.param == "memory" else LmdbStore(tmp_path, sync=False)
    yield made
    made.close()


def append(store: Store, records: Sequence[Record], commit_point: int = 0) -> None:
    """Append records."""
    store.transact(
        partial(receiving.append, records=records, bounds=BOUNDS, commit_point=commit_point)
    )


def replay(store: Store, records: Sequence[Record], commit_point: int = 0) -> FileWork:
    """Replay records; return the work on data files that comes of it."""
    work = partial(receiving.replay, records=records, bounds=BOUNDS, commit_point=commit_point)
    return store.transact(work)


def put(store: Store, table: Table, *items: Item) -> None:
    """Put items into a table."""
    store.transact(lambda transaction: transaction.put_many(table, items))


def items(store: Store, table: Table) -> dict[bytes, bytes]:
    """Return what a table holds."""
    snapshot = store.snapshot()
    try:
        return dict(snapshot.scan(table, b""))
    finally:
        snapshot.close()


def noted(store: Store, prefix: bytes) -> list[bytes]:
    """Return the rest of the META keys with a prefix."""
    return [key[len(prefix) :] for key in items(store, Table.META) if key.startswith(prefix)]


def changes(count: int) -> list[Changes]:
    """Return changes that make records of no particular meaning."""
    return [{(Table.ENTRY, b"e%d" % (n % 3)): b"%d" % n} for n in range(count)]


# Belonging


def test_standing_tells_what_can_be_taken_back_and_the_record_before(store: Store) -> None:
    """The primary finds the last common record however the last batches ended."""
    append(store, records_from(1, changes(3)), commit_point=3)
    append(store, records_from(4, changes(2), epoch=2), commit_point=3)
    standing, _ = store.transact(partial(receiving.attach, epoch=5, start_id=b"s"))
    assert (standing.start_id, standing.sequence) == (b"s", 5)
    assert standing.tail == ((3, 1), (4, 2), (5, 2))
    assert items(store, Table.META)[EPOCH] == pack_number(5)
    append(store, [], commit_point=5)
    standing, _ = store.transact(partial(receiving.attach, epoch=5, start_id=b"s"))
    assert standing.tail == ((5, 2),)


def test_standing_leaves_out_a_record_that_the_log_has_lost(store: Store) -> None:
    """What was trimmed cannot be compared, and is not named."""
    append(store, records_from(1, changes(2)), commit_point=2)
    append(store, records_from(3, changes(1)), commit_point=2)
    store.transact(lambda transaction: transaction.delete_many(Table.LOG, [sequence_key(2)]))
    standing, _ = store.transact(partial(receiving.attach, epoch=1, start_id=b"s"))
    assert standing.tail == ((3, 1),)


def test_standing_counts_missing_extents(store: Store) -> None:
    """How much a brick lacks is known without looking for it."""
    replay(store, records_from(1, [put_extent(FILE, 0), put_extent(FILE, 3)]))
    standing, _ = store.transact(partial(receiving.attach, epoch=1, start_id=b"s"))
    assert standing.missing == 2


def test_brick_without_a_log_is_damaged(store: Store) -> None:
    """A brick is never without a record, so one that is cannot be used."""
    with pytest.raises(StoreFailed, match="log is empty"):
        store.transact(partial(receiving.attach, epoch=1, start_id=b"s"))


# Records


def test_records_with_a_gap_are_refused_and_change_nothing(store: Store) -> None:
    """A brick's log has no holes."""
    append(store, records_from(1, changes(2)))
    before = [items(store, table) for table in Table]
    for records in (
        records_from(4, changes(1)),
        records_from(2, changes(1)),
        [*records_from(3, changes(1)), *records_from(5, changes(1))],
    ):
        with pytest.raises(MemberFailed, match="does not follow"):
            append(store, records)
        with pytest.raises(MemberFailed, match="does not follow"):
            replay(store, records)
    assert [items(store, table) for table in Table] == before


def test_commit_point_moves_without_records(store: Store) -> None:
    """Undo is dropped when the set says that nothing will be taken back."""
    append(store, records_from(1, changes(2)), commit_point=1)
    append(store, records_from(3, changes(2)), commit_point=1)
    assert list(items(store, Table.UNDO)) == [sequence_key(2), sequence_key(4)]
    append(store, [], commit_point=3)
    assert list(items(store, Table.UNDO)) == [sequence_key(4)]
    append(store, [], commit_point=4)
    assert list(items(store, Table.UNDO)) == []
    assert items(store, Table.META)[COMMIT_POINT] == pack_number(4)


def test_going_back_too_far_is_refused(store: Store) -> None:
    """What cannot be taken back exactly is not taken back at all."""
    append(store, records_from(1, changes(4)), commit_point=2)
    before = [items(store, table) for table in Table]
    with pytest.raises(MemberFailed, match="no undo"):
        store.transact(partial(receiving.roll_back, sequence=1))
    assert [items(store, table) for table in Table] == before
    store.transact(lambda transaction: transaction.delete_many(Table.LOG, [sequence_key(2)]))
    with pytest.raises(MemberFailed, match="log has lost it"):
        store.transact(partial(receiving.roll_back, sequence=2))
    store.transact(partial(receiving.roll_back, sequence=3))
    store.transact(partial(receiving.roll_back, sequence=9))
    assert list(items(store, Table.LOG))[-1] == sequence_key(3)


# Replaying


def test_replay_notes_the_extents_that_records_put(store: Store) -> None:
    """Bytes that a brick did not see are missing, whatever became of the extent since."""
    work = replay(
        store,
        records_from(
            1,
            [
                put_extent(FILE, 0),
                put_extent(FILE, 1, CLEAN),
                put_extent(FILE, 2),
                {
                    (Table.EXTENT, extent_key(FILE, 2)): None,
                    (Table.META, writing_key(FILE, 2)): None,
                },
            ],
        ),
    )
    assert noted(store, MISSING) == [extent_key(FILE, number) for number in (0, 1, 2)]
    assert [state.inode for state in work.files] == [FILE]


def test_replay_of_a_cut_that_is_over_asks_for_the_lowest_one(store: Store) -> None:
    """A file that was cut twice and grew again keeps nothing that it lost in between."""
    put(store, Table.INODE, (inode_key(FILE), VALUE))
    work = replay(
        store,
        records_from(
            1,
            [
                trim(FILE, 900),
                trim(FILE, 300),
                trim(FILE, None),
                trim(FILE, 500),
                trim(FILE, None),
            ],
        ),
    )
    assert work.files == [FileState(FILE, 300, present=True)]
    assert noted(store, RECONCILE) == [inode_key(FILE)]


def test_replay_knows_the_cut_that_was_ordered_before(store: Store) -> None:
    """A brick that died between the order and the cut makes good for it."""
    put(store, Table.INODE, (inode_key(FILE), VALUE))
    append(store, records_from(1, [trim(FILE, 300)]))
    assert replay(store, records_from(2, [trim(FILE, None)])).files == [
        FileState(FILE, 300, present=True)
    ]


def test_replay_leaves_a_cut_under_way_to_the_primary(store: Store) -> None:
    """An order that is not committed everywhere yet may be taken back."""
    put(store, Table.INODE, (inode_key(FILE), VALUE))
    work = replay(store, records_from(1, [trim(FILE, 300)]))
    assert work == FileWork(False, [], [])


def test_replay_cuts_off_what_a_failed_write_has_left(store: Store) -> None:
    """An extent that was named in vain lay beyond the end of the file: a hole from then on."""
    put(store, Table.INODE, (inode_key(FILE), VALUE))
    append(store, records_from(1, [put_extent(FILE, 2)]))
    gone: Changes = {
        (Table.EXTENT, extent_key(FILE, 2)): None,
        (Table.META, writing_key(FILE, 2)): None,
    }
    work = replay(store, records_from(2, [gone]))
    assert work.files == [FileState(FILE, 2 * EXTENT_BYTES, present=True)]
    assert noted(store, MISSING) == []


@pytest.mark.parametrize(
    ("after", "wanted"),
    [
        ({}, FileState(FILE, 5, present=True)),
        ({(Table.INODE, inode_key(FILE)): None}, FileState(FILE, None)),
        ({(Table.INODE, inode_key(FILE)): None, **trim(FILE, 0)}, FileState(FILE, 5)),
        ({(Table.INODE, inode_key(FILE)): file_value(FILE, 5, False)}, FileState(FILE, None)),
        (trim(FILE, 3), FileState(FILE, 5, present=True)),
    ],
    ids=["there", "gone", "being removed", "inline again", "being cut again"],
)
def test_file_is_brought_to_what_the_tables_say_in_the_end(
    after: Changes, wanted: FileState
) -> None:
    """What happens to a data file depends on how it is now, not on how it came to that."""
    store = MemoryStore()
    put(store, Table.INODE, (inode_key(FILE), VALUE))
    work = replay(store, records_from(1, [trim(FILE, 5), trim(FILE, None), after]))
    assert work.files == [wanted]


def test_work_on_files_is_noted_until_it_is_done(store: Store) -> None:
    """A crash at any point leaves the work to the next start; what is newer stays noted."""
    put(store, Table.INODE, (inode_key(FILE), VALUE))
    first = replay(store, records_from(1, [trim(FILE, 500), trim(FILE, None)]))
    _, left = store.transact(partial(receiving.attach, epoch=1, start_id=b"s"))
    assert left == first
    second = replay(store, records_from(3, [trim(FILE, 700), trim(FILE, None)]))
    assert second.files == [FileState(FILE, 500, present=True)], "the first is not done yet"
    store.transact(partial(receiving.end_file_work, work=first))
    assert noted(store, RECONCILE) == [inode_key(FILE)]
    store.transact(partial(receiving.end_file_work, work=second))
    assert replay(store, []) == FileWork(False, [], [])


def test_open_extents_count_as_missing_durably(store: Store) -> None:
    """Nobody knows which bytes of an extent that was being written have arrived."""
    replay(store, records_from(1, [put_extent(FILE, 4, CLEAN)]))
    append(store, records_from(2, [put_extent(FILE, 1), put_extent(9, 0)]))
    assert store.transact(receiving.note_missing) == [(FILE, 1), (FILE, 4), (9, 0)]
    assert noted(store, MISSING) == [extent_key(FILE, 1), extent_key(FILE, 4), extent_key(9, 0)]
    store.transact(partial(receiving.settle, extents=[(FILE, 1), (9, 0), (9, 5)]))
    assert noted(store, MISSING) == [extent_key(FILE, 4)]


# A copy of all tables


LOCAL: list[Item] = [(BOOT, b"boot"), (FAILED_FLUSHES, pack_number(3)), (FORMAT, pack_number(1))]


def whole_copy(store: Store) -> None:
    """Fill a copy: file 7 with extents, 8 with a data file and none, 9 with inline bytes."""
    for inode, in_file in ((FILE, True), (8, True), (9, False)):
        item = (inode_key(inode), file_value(inode, 5, in_file))
        store.transact(partial(receiving.load, table=Table.INODE, items=[item]))
    for number in (0, 1, 3):
        item = (extent_key(FILE, number), CLEAN)
        store.transact(partial(receiving.load, table=Table.EXTENT, items=[item]))
    store.transact(
        partial(receiving.load, table=Table.META, items=[(NEXT_INODE, pack_number(10))])
    )
    records = records_from(20, [put_extent(FILE, 3), put_extent(FILE, 4)])
    store.transact(partial(receiving.replay_copy, records=records, bounds=BOUNDS))


def test_finished_copy_lacks_all_bytes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other tables, no byte that a brick has is worth anything."""
    monkeypatch.setattr(receiving, "_MARKS_AT_ONCE", 3)
    whole_copy(store)
    store.transact(partial(receiving.finish_copy, epoch=6, local=LOCAL))
    assert noted(store, MISSING) == [extent_key(FILE, number) for number in (0, 1, 3, 4)]
    meta = items(store, Table.META)
    assert dict(LOCAL).items() <= meta.items()
    assert meta[EPOCH] == pack_number(6)
    assert meta[COMMIT_POINT] == pack_number(21)
    standing, work = store.transact(partial(receiving.attach, epoch=6, start_id=b"s"))
    assert standing.tail == ((21, 1),)
    assert work.empty
    # It has no extent with which it would come.
    assert work.files == [FileState(8, 0, present=True)]
    store.transact(partial(receiving.end_file_work, work=work))
    assert noted(store, RECONCILE) == noted(store, EMPTY_FILES) == []


def test_local_items_are_those_of_the_old_tables(store: Store) -> None:
    """A brick stays itself, whatever its tables were copied from."""
    put(store, Table.META, *LOCAL, (EPOCH, pack_number(2)), (MISSING + extent_key(1, 1), b""))
    snapshot = store.snapshot()
    assert sorted(receiving.local_items(snapshot)) == LOCAL
    snapshot.close()


def test_copy_that_is_not_whole_is_refused(store: Store) -> None:
    """Tables without a record or an inode counter cannot be a brick's."""
    with pytest.raises(MemberFailed, match="not whole"):
        store.transact(partial(receiving.finish_copy, epoch=6, local=LOCAL))
    records = records_from(20, [put_extent(FILE, 3)])
    store.transact(partial(receiving.replay_copy, records=records, bounds=BOUNDS))
    with pytest.raises(MemberFailed, match="not whole"):
        store.transact(partial(receiving.finish_copy, epoch=6, local=LOCAL))


def test_copy_takes_no_items_of_another_brick(store: Store) -> None:
    """Log, undo and notes of the brick that is copied from are its own."""
    for table, key in (
        (Table.LOG, b"k"),
        (Table.UNDO, b"k"),
        (Table.META, EPOCH),
        (Table.META, MISSING + extent_key(1, 1)),
    ):
        with pytest.raises(MemberFailed, match="brick's own"):
            store.transact(partial(receiving.load, table=table, items=[(key, b"v")]))
        assert items(store, table) == {}


def test_records_for_a_copy_follow_each_other(store: Store) -> None:
    """The log of a copy begins anywhere, and has no holes."""
    first, second, third = records_from(20, changes(3))
    store.transact(partial(receiving.replay_copy, records=[first], bounds=BOUNDS))
    with pytest.raises(MemberFailed, match="does not follow"):
        store.transact(partial(receiving.replay_copy, records=[third], bounds=BOUNDS))
    store.transact(partial(receiving.replay_copy, records=[second], bounds=BOUNDS))
    assert list(items(store, Table.LOG)) == [sequence_key(20), sequence_key(21)]
    assert items(store, Table.UNDO) == {}


# Comparing and mending


def range_of(store: Store, table: Table, after: bytes, upto: bytes | None) -> list[Item]:
    """Return the items of a range, which its digest counts too."""
    snapshot = store.snapshot()
    try:
        found = receiving.rows(snapshot, table, after, upto)
        assert receiving.digest(snapshot, table, after, upto).items == len(found)
        return found
    finally:
        snapshot.close()


def digest_of(items_: dict[bytes, bytes], table: Table = Table.ENTRY) -> bytes:
    """Return the digest of a table that holds these items."""
    store = MemoryStore()
    put(store, table, *items_.items())
    return receiving.digest(store.snapshot(), table, b"", None).digest


def test_range_ends_where_it_is_told(store: Store) -> None:
    """Ranges side by side cover a table once."""
    put(store, Table.ENTRY, *((key, b"v") for key in (b"a", b"b", b"c", b"d")))
    whole = range_of(store, Table.ENTRY, b"", None)
    assert [key for key, _ in whole] == [b"a", b"b", b"c", b"d"]
    parts = (
        range_of(store, Table.ENTRY, b"", b"b")
        + range_of(store, Table.ENTRY, b"b", b"bb")
        + range_of(store, Table.ENTRY, b"bb", None)
    )
    assert parts == whole
    assert range_of(store, Table.ENTRY, b"d", None) == []


def test_equal_ranges_have_equal_digests_and_others_have_not() -> None:
    """One bit, or one byte that moves from a key to its value, makes another digest."""
    base = {b"ab": b"c", b"b": b""}
    same = {b"b": b"", b"ab": b"c"}
    assert digest_of(base) == digest_of(same)
    for other in ({b"a": b"bc", b"b": b""}, {b"ab": b"d", b"b": b""}, {b"ab": b"c"}, {}):
        assert digest_of(base) != digest_of(other)


def test_local_items_make_no_difference(store: Store) -> None:
    """Bricks that are equal differ in what they note about themselves."""
    put(store, Table.META, (NEXT_INODE, b"1"), (writing_key(1, 1), b""))
    before = range_of(store, Table.META, b"", None)
    put(store, Table.META, (EPOCH, b"2"), (MISSING + extent_key(1, 1), b""), (COMMIT_POINT, b"3"))
    assert range_of(store, Table.META, b"", None) == before
    assert [key for key, _ in before] == [NEXT_INODE, writing_key(1, 1)]


def test_mended_range_is_what_it_was_told_to_be(store: Store) -> None:
    """Wrong, missing and surplus items are put right, and no others are touched."""
    put(store, Table.ENTRY, *((key, b"bad") for key in (b"a", b"b", b"c", b"x")))
    good = [(b"bb", b"new"), (b"c", b"bad"), (b"b", b"good")]
    store.transact(partial(receiving.mend, table=Table.ENTRY, after=b"a", upto=b"d", items=good))
    wanted = {b"a": b"bad", b"b": b"good", b"bb": b"new", b"c": b"bad", b"x": b"bad"}
    assert items(store, Table.ENTRY) == wanted


def test_mending_leaves_local_items_alone(store: Store) -> None:
    """A brick's own notes lie between what it shares."""
    put(store, Table.META, (EPOCH, b"2"), (NEXT_INODE, b"1"), (writing_key(1, 1), b""))
    good = [(NEXT_INODE, b"5")]
    store.transact(partial(receiving.mend, table=Table.META, after=b"", upto=None, items=good))
    assert items(store, Table.META) == {EPOCH: b"2", NEXT_INODE: b"5"}


@pytest.mark.parametrize(
    ("table", "key"),
    [(Table.ENTRY, b"a"), (Table.ENTRY, b"e"), (Table.META, b"boot"), (Table.UNDO, b"b")],
)
def test_mending_beyond_the_range_is_refused(table: Table, key: bytes) -> None:
    """Items that do not belong there show that somebody is mistaken."""
    store = MemoryStore()
    put(store, table, (b"b", b"v"))
    with pytest.raises(MemberFailed):
        store.transact(
            partial(receiving.mend, table=table, after=b"a", upto=b"d", items=[(key, b"v")])
        )
    assert items(store, table) == {b"b": b"v"}
