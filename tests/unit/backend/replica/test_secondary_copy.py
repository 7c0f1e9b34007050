"""A brick that follows a primary: a copy of all tables, from its beginning to its end."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from nfsgw.backend.brick.keys import COMMIT_POINT, EMPTY_FILES, EPOCH, inode_key
from nfsgw.backend.brick.record import Changes, decode_record
from nfsgw.backend.brick.schema import EXTENT_BYTES, pack_number
from nfsgw.backend.brick.store import Store, StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import MemberFailed, Standing
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.waiting import Wait
from tests.support.replicas import MemoryCopy, fill
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.bench import (
    CLEAN,
    Bench,
    file_value,
    put_extent,
    records_from,
    trim,
)

KEPT, BARE, CUT = 7, 8, 9
GONE = 8 << 12  # in a directory of its own
SEQUENCE = 23


def primary() -> MemoryStore:
    """Return the tables of a primary whose history has nothing to do with the brick's."""
    store = MemoryStore()
    fill(store, epoch=3)
    changes: list[Changes] = [
        {(Table.INODE, inode_key(KEPT)): file_value(KEPT, 10), **put_extent(KEPT, 0, CLEAN)},
        {(Table.INODE, inode_key(BARE)): file_value(BARE, 10)},
        {(Table.INODE, inode_key(CUT)): file_value(CUT, 3), **put_extent(CUT, 0)},
        {**trim(CUT, 3), **put_extent(KEPT, 1)},
    ]
    for record in records_from(20, changes, epoch=3):
        store.fill(record)
    return store


def content(store: MemoryStore) -> dict[Table, dict[bytes, bytes]]:
    """Return what bricks share."""
    return {
        table: {key: value for key, value in store.tables[table].items() if is_shared(table, key)}
        for table in SHARED_TABLES
    }


def brick(held: bool = True) -> Bench:
    """Return a brick with a history and files of its own."""
    bench = Bench(held)
    for inode in (KEPT, GONE, CUT):
        bench.file(inode, b"old bytes of this brick")
    bench.result(bench.member.append(1, records_from(2, [{(Table.ENTRY, b"e"): b"old"}]), 2))
    bench.attach(3)
    return bench


def copy(bench: Bench, source: MemoryStore) -> Wait[Standing]:
    """Send a copy as joining does: read at random moments, then the records since; end it."""
    member = bench.member
    bench.result(member.begin_copy(3))
    for table in SHARED_TABLES:
        items = sorted(content(source)[table].items())
        for start in range(0, len(items), 2):
            bench.result(member.load(3, table, items[start : start + 2]))
    for key, value in sorted(source.tables[Table.LOG].items()):
        if key >= pack_number(22):
            bench.result(member.replay_copy(3, [decode_record(value, key)]))
    return member.end_copy(3)


def test_copied_brick_is_the_source_without_bytes() -> None:
    """Tables are the source's, all extents are missing, and no old byte is left."""
    bench, source = brick(), primary()
    old = bench.store
    standing = bench.result(copy(bench, source))
    assert bench.store is bench.local.store is not old
    assert content(bench.store) == content(source)
    assert standing == Standing(bytes([1]), SEQUENCE, ((SEQUENCE, 3),), 3)
    assert bench.missing == [(KEPT, 0), (KEPT, 1), (CUT, 0)]
    assert bench.durable_content(BARE) == b""
    for inode in (KEPT, GONE, CUT):
        assert bench.durable_content(inode) is None
        assert bench.content(inode) is None
    assert bench.names(EMPTY_FILES) == []
    assert bench.to_reconcile == []
    assert bench.store.tables[Table.META][COMMIT_POINT] == pack_number(SEQUENCE)


def test_copied_brick_goes_on() -> None:
    """It catches up, fetches what is missing, and can be opened again."""
    bench, source = brick(), primary()
    bench.result(copy(bench, source))
    member = bench.member
    later = records_from(SEQUENCE + 1, [{(Table.ENTRY, b"e"): b"new"}], epoch=3)
    bench.result(member.replay(3, later, SEQUENCE))
    for inode, number in bench.result(member.missing(3)):
        bench.result(member.put_extent(3, inode, number, b"bytes"))
        bench.result(member.settle(3, [(inode, number)]))
    assert bench.missing == []
    bench.crash(Random(1))
    standing = bench.result(bench.member.attach(3))
    assert standing.tail == ((SEQUENCE, 3), (SEQUENCE + 1, 3))
    content_ = bench.durable_content(KEPT)
    assert content_ is not None
    assert content_[EXTENT_BYTES:] == b"bytes"


@pytest.mark.parametrize("power", [False, True], ids=["killed", "power loss"])
def test_crash_at_each_point_leaves_the_old_tables_or_the_new(power: bool) -> None:
    """The old ones with all that they had; the new ones with every extent missing."""
    steps = 0
    seen = set()
    while True:
        bench, source = brick(), primary()
        bench.result(bench.member.replay(3, records_from(3, [put_extent(GONE, 0)]), 3))
        before = content(bench.store)
        answer = copy(bench, source)
        for _ in range(steps):
            bench.pump_one()
        done = answer.done
        bench.crash(Random(steps) if power else None)
        assert bench.member.epoch == 3
        if content(bench.store) == before:
            assert bench.missing == [(GONE, 0)]
            assert bench.content(GONE) == b"old bytes of this brick"
            seen.add("old")
        else:
            assert content(bench.store) == content(source)
            assert bench.missing == [(KEPT, 0), (KEPT, 1), (CUT, 0)]
            for inode in (KEPT, GONE, CUT):
                assert bench.durable_content(inode) is None
            assert bench.durable_content(BARE) == b""
            assert bench.names(EMPTY_FILES) == []
            assert bench.to_reconcile == []
            seen.add("new")
        if done:
            break
        steps += 1
    assert seen == {"old", "new"}
    assert steps > 5


def test_copy_ends_with_an_attach() -> None:
    """Whoever attaches begins anew; the old tables stay in force."""
    bench, source = brick(), primary()
    before = content(bench.store)
    bench.result(bench.member.begin_copy(3))
    bench.attach(3)
    for call in (
        bench.member.load(3, Table.ENTRY, [(b"k", b"v")]),
        bench.member.replay_copy(3, records_from(22, [{}])),
        bench.member.end_copy(3),
    ):
        with pytest.raises(MemberFailed, match="no copy"):
            call.result()
    assert content(bench.store) == before
    bench.result(copy(bench, source))
    assert content(bench.store) == content(source)


def test_second_copy_takes_the_place_of_the_first() -> None:
    """What an earlier try has left is closed before tables are made for the next."""
    bench, source = brick(), primary()
    first = bench.member.begin_copy(3)
    bench.pump()
    first.result()
    loading = bench.member.load(3, Table.ENTRY, [(b"k", b"v")])
    second = bench.member.begin_copy(3)
    with pytest.raises(MemberFailed, match="not begun"):
        bench.member.load(3, Table.ENTRY, [(b"k", b"v")]).result()
    while bench.threads.jobs:
        bench.threads.run()
    assert len(bench.tables.begun) == 1, "a transaction is under way in the first"
    bench.pump()
    loading.result()
    second.result()
    assert [each.closed for each in bench.tables.begun] == [True, False]
    assert b"k" not in bench.tables.begun[1].tables[Table.ENTRY]
    bench.result(copy(bench, source))
    assert content(bench.store) == content(source)


def test_epoch_of_a_later_primary_is_not_lost_with_the_old_tables() -> None:
    """Whenever it attaches while the copy is being put in place, the brick keeps its promise."""
    steps = 0
    while True:
        bench, source = brick(), primary()
        answer = copy(bench, source)
        for _ in range(steps):
            bench.pump_one()
        done = answer.done
        bench.attach(4)
        if not done:
            with pytest.raises(MemberFailed):
                answer.result()
        assert bench.store.tables[Table.META][EPOCH] == pack_number(4)
        bench.crash(attach=False)
        assert bench.member.epoch == 4
        assert bench.failures == []
        if done:
            break
        steps += 1


def test_what_comes_for_a_copy_after_its_end_is_refused() -> None:
    """Nothing is under way in the new tables when they are put in place."""
    for seed in range(20):
        bench, source = brick(), primary()
        answer = copy(bench, source)
        late = bench.member.load(3, Table.ENTRY, [(b"k", b"v")])
        bench.pump(Random(seed))
        answer.result()
        with pytest.raises(MemberFailed, match="has ended"):
            late.result()
        assert content(bench.store) == content(source)


def test_copy_is_closed_with_the_role() -> None:
    """As soon as nothing is under way in it; also one that has not quite begun."""
    bench = brick()
    bench.result(bench.member.begin_copy(3))
    bench.member.load(3, Table.ENTRY, [(b"k", b"v")])
    quiet = bench.member.retire()
    bench.pump()
    assert quiet.done
    assert bench.tables.begun[0].closed
    bench = brick()
    bench.member.begin_copy(3)
    quiet = bench.member.retire()
    bench.pump()
    assert quiet.done
    assert bench.tables.begun[0].closed


def test_copy_that_is_not_whole_is_refused_and_the_old_tables_stay() -> None:
    """It is the caller's mistake."""
    bench = brick()
    before = content(bench.store)
    bench.result(bench.member.begin_copy(3))
    with pytest.raises(MemberFailed, match="not whole"):
        bench.result(bench.member.end_copy(3))
    assert content(bench.store) == before
    assert bench.failures == []


def test_brick_that_retires_during_a_copy_has_the_tables_that_are_in_force() -> None:
    """The old ones, or the new ones if these were being put in place just then."""
    seen = []
    for steps in range(6):
        bench, source = brick(), primary()
        before = content(bench.store)
        answer = copy(bench, source)
        for _ in range(steps):
            bench.pump_one()
        quiet = bench.member.retire()
        with pytest.raises(MemberFailed, match="follows no primary"):
            answer.result()
        bench.pump()
        assert quiet.done
        assert bench.local.store is bench.store
        assert not bench.store.writing
        seen.append(content(bench.store) == before)
        assert bench.failures == []
    assert seen == [True, False, False, False, False, False]


class _Refusing(MemoryCopy):
    """A disk on which nothing can be put in place."""

    def adopt(self, copy: Store) -> None:
        """Fail."""
        raise StoreFailed("no rename today")


def test_copy_that_cannot_be_put_in_place_fails_the_brick() -> None:
    """Nobody knows which tables are in force then."""
    bench, source = brick(), primary()
    refusing: Any = _Refusing(bench.store)
    bench.tables = bench.local.copy = refusing
    answer = copy(bench, source)
    with pytest.raises(MemberFailed, match="no rename"):
        bench.result(answer)
    assert bench.failures == ["no rename today"]
    assert bench.member.retire().done


def test_commit_that_fails_in_the_copy_fails_the_brick() -> None:
    """It is the same disk."""
    bench = brick()
    bench.result(bench.member.begin_copy(3))
    answer = bench.member.load(3, Table.ENTRY, [(b"k", b"v")])
    bench.tables.begun[0].fail()
    with pytest.raises(MemberFailed, match="broken"):
        answer.result()
    assert bench.failures == ["the disk is broken"]
