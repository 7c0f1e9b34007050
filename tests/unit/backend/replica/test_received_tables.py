"""Transactions of a store, one after the other."""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import partial

import pytest

from nfsgw.backend.brick.applying import LogBounds
from nfsgw.backend.brick.keys import sequence_key
from nfsgw.backend.brick.record import Record
from nfsgw.backend.brick.store import StoreFailed, Transaction
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.backend.replica.received_tables import ReceivedTables
from nfsgw.waiting import Wait
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.bench import records_from


def put(key: bytes) -> Callable[[Transaction], bytes]:
    """Return work that puts a key and returns it."""

    def work(transaction: Transaction) -> bytes:
        transaction.put_many(Table.ENTRY, [(key, b"v")])
        return key

    return work


def _note(order: list[bytes], wait: Wait[bytes]) -> None:
    order.append(wait.result())


def refuse(transaction: Transaction) -> None:
    """Refuse."""
    raise MemberFailed("nonsense")


@pytest.fixture
def store() -> MemoryStore:
    """Give a store whose commits end when told to, with record 1."""
    store = MemoryStore(held=True)
    store.fill(records_from(1, [{(Table.ENTRY, b"e"): b"1"}])[0])
    return store


@pytest.fixture
def tables(store: MemoryStore) -> ReceivedTables:
    """Give what is tested."""
    return ReceivedTables(store, LogBounds())


def append(tables: ReceivedTables, first: int, count: int = 1, point: int = 0) -> Wait[None]:
    """Append records."""
    return tables.append(records_from(first, [{(Table.ENTRY, b"e"): b"v"}] * count), point)


def log(store: MemoryStore) -> list[int]:
    """Return the sequences in the log."""
    return [int.from_bytes(key, "big") for key in sorted(store.tables[Table.LOG])]


def test_one_at_a_time_in_order(store: MemoryStore, tables: ReceivedTables) -> None:
    """Work begins when what was asked for before has ended, and its result arrives after that."""
    order: list[bytes] = []
    waits = [tables.run(put(key)) for key in (b"a", b"b", b"c")]
    for wait in waits:
        wait.add_callback(partial(_note, order, wait))
    for expected in ([b"a"], [b"a", b"b"], [b"a", b"b", b"c"]):
        store.complete()
        assert order == expected
    assert not store.writing


def test_result_waits_until_it_is_durable(store: MemoryStore, tables: ReceivedTables) -> None:
    """What is visible is not yet done."""
    wait = tables.run(put(b"a"))
    store.reach_disk()
    assert not wait.done
    store.report()
    assert wait.result() == b"a"


def test_appends_that_queue_up_are_committed_together(
    store: MemoryStore, tables: ReceivedTables
) -> None:
    """While one commit is under way, all that come are gathered for the next."""
    waits = [append(tables, 2), append(tables, 3, 2, point=2), append(tables, 5, point=4)]
    store.complete()
    assert [wait.done for wait in waits] == [True, False, False]
    assert log(store) == [1, 2]
    store.complete()
    assert [wait.done for wait in waits] == [True, True, True]
    assert log(store) == [1, 2, 3, 4, 5]
    assert list(store.tables[Table.UNDO]) == [sequence_key(5)]
    assert not store.writing


def test_records_are_let_go_of_as_soon_as_they_are_committed(
    store: MemoryStore, tables: ReceivedTables
) -> None:
    """They are in no circle, which the collector would have to find at a tenth of all costs."""
    gc.collect()
    gc.disable()
    try:
        before = _count_records()
        append(tables, 2)
        store.complete()
        assert _count_records() == before
    finally:
        gc.enable()


def _count_records() -> int:
    return sum(isinstance(one, Record) for one in gc.get_objects())


def test_other_work_stays_between_the_appends_around_it(
    store: MemoryStore, tables: ReceivedTables
) -> None:
    """What is asked for in between sees exactly the records before it."""
    first, second = append(tables, 2), append(tables, 3)
    seen = tables.run(lambda transaction: len(list(transaction.scan(Table.LOG, b""))))
    last = append(tables, 4)
    for wait in (first, second, seen, last):
        assert not wait.done
        store.complete()
        assert wait.done
    assert seen.result() == 3


def test_one_mistake_spoils_one_call(store: MemoryStore, tables: ReceivedTables) -> None:
    """Records with a gap fail alone, whatever is queued around them."""
    first, good, gap = append(tables, 2), append(tables, 3), append(tables, 5)
    for _ in range(3):
        store.complete()
    first.result()
    good.result()
    with pytest.raises(MemberFailed, match="does not follow"):
        gap.result()
    assert log(store) == [1, 2, 3]


def test_refusal_is_no_failure(store: MemoryStore, tables: ReceivedTables) -> None:
    """Work that refuses has changed nothing, and all goes on."""
    refused, after = tables.run(refuse), tables.run(put(b"a"))
    store.complete()
    store.complete()
    with pytest.raises(MemberFailed, match="nonsense"):
        refused.result()
    assert after.result() == b"a"


def test_nothing_follows_a_failed_commit(store: MemoryStore, tables: ReceivedTables) -> None:
    """Nobody knows what a later one would see."""
    failed, queued = tables.run(put(b"a")), tables.run(put(b"b"))
    store.fail()
    with pytest.raises(StoreFailed):
        failed.result()
    for wait in (queued, tables.run(put(b"c")), append(tables, 2)):
        with pytest.raises(MemberFailed, match="broken"):
            wait.result()
    assert not store.writing


def test_stopping_waits_for_what_is_under_way(store: MemoryStore, tables: ReceivedTables) -> None:
    """The next user of the store must find nothing under way in it."""
    running, queued = tables.run(put(b"a")), tables.run(put(b"b"))
    quiet = tables.stop("enough")
    with pytest.raises(MemberFailed, match="enough"):
        queued.result()
    done = [quiet.done]
    store.complete()
    assert running.result() == b"a"
    assert [*done, quiet.done] == [False, True]
    assert not store.writing
    assert tables.stop("again").done


def test_stopping_while_nothing_is_under_way_is_done_at_once(tables: ReceivedTables) -> None:
    """There is nothing to wait for."""
    assert tables.stop("enough").done


def test_other_tables_take_the_place_between_two_transactions(
    store: MemoryStore, tables: ReceivedTables
) -> None:
    """What was asked for before goes to the old tables, what comes after to the new."""
    other = MemoryStore()
    adopted: Wait[None] = Wait()
    began: list[bool] = []

    def adopt() -> Wait[None]:
        began.append(store.writing)
        return adopted

    before = tables.run(put(b"a"))
    replaced = tables.replace(other, adopt)
    after = tables.run(put(b"b"))
    assert tables.look(lambda view: view.get(Table.ENTRY, b"e")) == b"1"
    store.complete()
    assert before.done
    assert began == [False], "it begins when nothing is under way"
    with pytest.raises(MemberFailed, match="being replaced"):
        tables.look(lambda view: None)
    assert not after.done
    adopted.resolve(None)
    replaced.result()
    assert after.result() == b"b"
    assert b"a" in store.tables[Table.ENTRY]
    assert list(other.tables[Table.ENTRY]) == [b"b"]
    assert tables.look(lambda view: view.get(Table.ENTRY, b"b")) == b"v"


def test_failed_replacement_ends_everything(store: MemoryStore, tables: ReceivedTables) -> None:
    """Nobody knows which tables are in force then."""
    adopted: Wait[None] = Wait()
    replaced = tables.replace(MemoryStore(), lambda: adopted)
    after = tables.run(put(b"b"))
    adopted.fail(StoreFailed("no room"))
    with pytest.raises(StoreFailed):
        replaced.result()
    with pytest.raises(MemberFailed, match="no room"):
        after.result()
    assert tables.stop("again").done


def test_long_queue_of_commits_that_end_at_once_does_not_nest(
    store: MemoryStore, tables: ReceivedTables
) -> None:
    """Once the disk is fast again, a queue is worked off in a loop."""
    waits = [tables.run(put(b"k")) for _ in range(3000)]
    store.held = False
    store.complete()
    assert all(wait.done for wait in waits)
