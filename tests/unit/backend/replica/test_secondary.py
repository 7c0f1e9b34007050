"""A brick that follows a primary: epochs, leases, records, failures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any
from unittest.mock import Mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.keys import EPOCH
from nfsgw.backend.brick.record import Changes, Record
from nfsgw.backend.brick.schema import EXTENT_BYTES, pack_number
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.calls import Calls
from nfsgw.backend.replica.leases import GRANT_FACTOR
from nfsgw.backend.replica.member import Beat, Member, MemberFailed, StaleEpoch
from nfsgw.backend.replica.secondary import Secondary
from nfsgw.waiting import Wait
from tests.support.stores import MemoryStore
from tests.unit.backend.replica.bench import LEASE_S, Bench, put_extent, records_from, trim

FILE = 7
CHANGES = st.lists(
    st.dictionaries(
        st.tuples(st.sampled_from([Table.INODE, Table.ENTRY]), st.binary(min_size=1, max_size=1)),
        st.none() | st.binary(max_size=2),
        min_size=1,
        max_size=4,
    ),
    min_size=1,
    max_size=8,
)
CALLS: dict[str, Callable[[Secondary, int], Wait[Any]]] = {
    "append": lambda member, epoch: member.append(epoch, some(2), 1),
    "roll_back": lambda member, epoch: member.roll_back(epoch, 1),
    "replay": lambda member, epoch: member.replay(epoch, some(2), 1),
    "begin_copy": lambda member, epoch: member.begin_copy(epoch),
    "load": lambda member, epoch: member.load(epoch, Table.INODE, []),
    "replay_copy": lambda member, epoch: member.replay_copy(epoch, some(2)),
    "end_copy": lambda member, epoch: member.end_copy(epoch),
    "write": lambda member, epoch: member.write(epoch, FILE, 0, b"x"),
    "create": lambda member, epoch: member.create(epoch, FILE, b"x"),
    "cut": lambda member, epoch: member.cut(epoch, FILE, 1),
    "remove": lambda member, epoch: member.remove(epoch, FILE),
    "sync": lambda member, epoch: member.sync(epoch, FILE),
    "checksums": lambda member, epoch: member.checksums(epoch, FILE, [(0, 5)]),
    "read": lambda member, epoch: member.read(epoch, FILE, 0, 1),
    "put_extent": lambda member, epoch: member.put_extent(epoch, FILE, 0, b"x"),
    "missing": lambda member, epoch: member.missing(epoch),
    "settle": lambda member, epoch: member.settle(epoch, [(FILE, 0)]),
    "digest": lambda member, epoch: member.digest(epoch, Table.INODE, b"", None),
    "rows": lambda member, epoch: member.rows(epoch, Table.INODE, b"", None),
    "mend": lambda member, epoch: member.mend(epoch, Table.INODE, b"", None, []),
    "beat": lambda member, epoch: member.beat(epoch),
}


def some(first: int, count: int = 1, epoch: int = 1) -> list[Record]:
    """Return records of no particular meaning."""
    return records_from(first, [{(Table.ENTRY, b"e"): b"%d" % n} for n in range(count)], epoch)


def tables_of(store: MemoryStore) -> dict[Table, dict[bytes, bytes]]:
    """Return a copy of all tables."""
    return {table: dict(items) for table, items in store.tables.items()}


def untouched(bench: Bench) -> Any:  # noqa: ANN401
    """Return all that a call could change."""
    contents = {name: file.read_durable() for name, file in bench.disk.names_now.items()}
    return tables_of(bench.store), contents


def test_it_is_a_member() -> None:
    """What a primary asks of a brick is what this one offers."""
    member: Member = Bench().member
    assert member.brick == "cd" * 16


# Epochs


@pytest.mark.parametrize("name", CALLS)
def test_calls_of_an_earlier_primary_are_refused(name: str) -> None:
    """A primary that was replaced without knowing it changes nothing."""
    bench = Bench()
    bench.file(FILE, b"content")
    bench.attach(5)
    before = untouched(bench)
    with pytest.raises(StaleEpoch, match="epoch 5"):
        bench.result(CALLS[name](bench.member, 4))
    assert untouched(bench) == before
    assert bench.failures == []


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("epoch", [1, 2])
def test_calls_of_one_who_has_not_attached_are_refused(name: str, epoch: int) -> None:
    """A brick that was away does nothing for a primary that does not know of it."""
    bench = Bench()
    bench.file(FILE, b"content")
    bench.crash(attach=False)
    before = untouched(bench)
    with pytest.raises(MemberFailed, match="does not follow"):
        bench.result(CALLS[name](bench.member, epoch))
    assert untouched(bench) == before


def test_epoch_is_durable_before_attach_is_answered() -> None:
    """A brick that has promised to follow keeps its promise beyond a crash."""
    bench = Bench(held=True)
    answer = bench.member.attach(7)
    assert bench.member.epoch == 7
    bench.store.reach_disk()
    assert not answer.done
    assert bench.store.tables[Table.META][EPOCH] == pack_number(7)
    bench.store.report()
    assert answer.result().start_id == bytes([1])
    bench.crash(attach=False)
    assert bench.member.epoch == 7
    with pytest.raises(StaleEpoch):
        bench.member.attach(6).result()


def test_calls_of_the_earlier_primary_that_are_open_fail_when_another_comes() -> None:
    """From then on nothing is acknowledged to the old one, though it may happen all the same."""
    bench = Bench(held=True)
    bench.file(FILE, b"content")
    calls = [bench.member.append(1, some(2), 1), bench.member.write(1, FILE, 0, b"new")]
    attached = bench.member.attach(2)
    for call in calls:
        with pytest.raises(StaleEpoch):
            call.result()
    standing = bench.result(attached)
    assert standing.tail == ((1, 1), (2, 1))
    assert bench.failures == []


def test_same_primary_attaches_again() -> None:
    """It may not have heard the answer."""
    bench = Bench()
    bench.attach(1)
    bench.result(bench.member.append(1, some(2), 1))


# Leases


def test_beat_grants_more_than_the_primary_counts_on() -> None:
    """The member counts longer and begins later than the primary."""
    bench = Bench()
    member, clock = bench.member, bench.clock
    assert member.may_take_over(clock.seconds())
    assert member.beat(1).result() == Beat(None, LEASE_S)
    room = DiskSpace(1, 2, 3, 4, 5, 6)
    member.note_room(room)
    clock.advance(1)
    assert member.beat(1).result() == Beat(room, LEASE_S)
    clock.advance(GRANT_FACTOR * LEASE_S - 0.01)
    assert not member.may_take_over(clock.seconds())
    clock.advance(0.01)
    assert member.may_take_over(clock.seconds())


def test_released_lease_is_void() -> None:
    """A primary that stops does not make others wait; one that was replaced cannot do so."""
    bench = Bench()
    bench.attach(2)
    bench.member.beat(2).result()
    bench.member.release(1)
    assert not bench.member.may_take_over(bench.clock.seconds())
    bench.member.release(2)
    assert bench.member.may_take_over(bench.clock.seconds())


def test_beat_needs_no_disk() -> None:
    """A brick whose disk hangs still answers."""
    bench = Bench(held=True)
    bench.member.append(1, some(2), 1)
    assert bench.member.beat(1).done


# Records


def test_append_is_answered_when_it_is_durable() -> None:
    """An acknowledgement is a promise."""
    bench = Bench(held=True)
    answer = bench.member.append(1, some(2), 1)
    bench.store.reach_disk()
    assert not answer.done
    bench.store.report()
    answer.result()
    assert bench.store.tables[Table.ENTRY][b"e"] == b"0"


def test_records_with_a_gap_are_refused_and_the_brick_goes_on() -> None:
    """It is the caller's mistake."""
    bench = Bench()
    with pytest.raises(MemberFailed, match="does not follow"):
        bench.member.append(1, some(3), 1).result()
    bench.member.append(1, some(2), 1).result()
    assert bench.failures == []


def test_going_back_too_far_is_refused_and_the_brick_goes_on() -> None:
    """It needs a copy then."""
    bench = Bench()
    bench.member.append(1, some(2, 2), 2).result()
    with pytest.raises(MemberFailed, match="cannot go back"):
        bench.member.roll_back(1, 1).result()
    bench.member.append(1, some(4), 2).result()
    assert bench.failures == []


@settings(deadline=None)
@given(changes=CHANGES, back_to=st.integers(0, 8), sizes=st.lists(st.integers(1, 3), min_size=8))
def test_rolled_back_brick_is_what_it_was(
    changes: Sequence[Changes], back_to: int, sizes: list[int]
) -> None:
    """Whatever records did, and in whatever batches they came, taking them back is exact."""
    records = records_from(2, changes)
    keep = records[:back_to]
    short, long = Bench(), Bench()
    if keep:
        short.member.append(1, keep, 1).result()
    rest = list(records)
    for size in sizes:
        batch, rest = rest[:size], rest[size:]
        if batch:
            long.member.append(1, batch, 1).result()
    if not keep:
        # The commit point, which is noted with records only.
        short.member.append(1, [], 1).result()
    long.member.roll_back(1, 1 + len(keep)).result()
    # How undo is divided into batches is another matter; it leads back all the same.
    assert {**tables_of(long.store), Table.UNDO: {}} == {**tables_of(short.store), Table.UNDO: {}}
    long.member.append(1, records[back_to:], 1).result()
    for bench in (short, long):
        bench.member.roll_back(1, 1).result()
    assert tables_of(long.store) == tables_of(short.store)


@given(
    changes=CHANGES, sizes=st.lists(st.integers(1, 3), min_size=8), seed=st.integers(0, 1 << 30)
)
def test_replayed_brick_is_what_others_are(
    changes: Sequence[Changes], sizes: list[int], seed: int
) -> None:
    """Catching up, with crashes anywhere, leads to the same tables as having been there."""
    random = Random(seed)
    records = records_from(2, changes)
    there, away = Bench(), Bench(held=True)
    there.member.append(1, records, len(records)).result()
    for _ in range(40):
        standing = away.result(away.member.attach(1))
        rest = records[standing.sequence - 1 :]
        if not rest:
            break
        answer = away.member.replay(1, rest[: random.choice(sizes)], len(records))
        for _ in range(random.randrange(4)):
            away.pump_one(random)
        if not answer.done and random.random() < 0.5:
            away.crash(random, attach=False)
    else:
        raise AssertionError("it never catches up")
    away.pump()
    expected, found = tables_of(there.store), tables_of(away.store)
    assert found == expected


# Replaying: notes and data files


def cut_and_written() -> list[Record]:
    """Return records that cut a file to 5 bytes, and write it anew from there."""
    return records_from(
        2,
        [
            {**trim(FILE, 5), **put_extent(FILE, 0)},
            trim(FILE, None),
            put_extent(FILE, 1),
        ],
    )


def test_replay_is_answered_when_data_files_are_in_line() -> None:
    """What the brick holds beyond a cut is gone, durably, and what came since is missing."""
    bench = Bench(held=True)
    bench.file(FILE, b"0123456789")
    bench.result(bench.member.replay(1, cut_and_written(), 4))
    assert bench.durable_content(FILE) == b"01234"
    assert bench.missing == [(FILE, 0), (FILE, 1)]
    assert bench.to_reconcile == []


@pytest.mark.parametrize("power", [False, True], ids=["killed", "power loss"])
@pytest.mark.parametrize("steps", range(8))
def test_crash_during_replay_leaves_nothing_undone(steps: int, power: bool) -> None:
    """At each point, the next start either has the records with their notes, or neither."""
    bench = Bench(held=True)
    bench.file(FILE, b"0123456789")
    answer = bench.member.replay(1, cut_and_written(), 4)
    for _ in range(steps):
        bench.pump_one()
    assert answer.done == (steps >= 6)
    bench.crash(Random(steps) if power else None)
    standing = bench.result(bench.member.attach(1))
    if standing.sequence == 1:
        assert steps == 0
        assert bench.missing == []
        assert bench.content(FILE) == b"0123456789"
        return
    assert standing.sequence == 4
    assert standing.missing == 2
    assert bench.missing == [(FILE, 0), (FILE, 1)]
    assert bench.durable_content(FILE) == b"01234"
    assert bench.to_reconcile == []


def test_file_that_went_and_came_while_the_brick_was_away_is_empty() -> None:
    """Its extents are missing; what else there was belongs to the past."""
    bench = Bench()
    bench.file(FILE, b"x" * 10)
    records = records_from(2, [trim(FILE, 0), trim(FILE, None), put_extent(FILE, 2)])
    bench.member.replay(1, records, 4).result()
    assert bench.durable_content(FILE) == b""


def test_removed_file_is_removed() -> None:
    """A record that says so is all that a returning brick hears of it."""
    bench = Bench(held=True)
    bench.file(FILE, b"x" * 10)
    gone: Changes = {(Table.INODE, FILE.to_bytes(8, "big")): None, **trim(FILE, 0)}
    bench.result(bench.member.replay(1, records_from(2, [gone, trim(FILE, None)]), 3))
    assert bench.durable_content(FILE) is None
    assert bench.content(FILE) is None


def test_replays_that_queue_up_keep_each_others_notes() -> None:
    """Two pieces of the log that cut the same file leave it as the last one says."""
    for steps in range(14):
        bench = Bench(held=True)
        bench.file(FILE, b"0123456789")
        first = records_from(2, [trim(FILE, 8), trim(FILE, None)])
        second = records_from(4, [trim(FILE, 3), trim(FILE, None)])
        bench.member.replay(1, first, 5)
        answer = bench.member.replay(1, second, 5)
        for _ in range(steps):
            bench.pump_one()
        done = answer.done
        bench.crash()
        if done or bench.result(bench.member.attach(1)).sequence == 5:
            assert bench.durable_content(FILE) == b"012"


def test_open_extents_are_missing_for_good() -> None:
    """Once asked for, they are noted, whatever becomes of their state."""
    bench = Bench(held=True)
    bench.result(bench.member.append(1, records_from(2, [put_extent(FILE, 3)]), 2))
    assert bench.missing == []
    assert bench.result(bench.member.missing(1)) == [(FILE, 3)]
    bench.crash()
    assert bench.result(bench.member.attach(1)).missing == 1
    assert bench.missing == [(FILE, 3)]


def test_extents_are_struck_off_when_they_are_durable() -> None:
    """A crash before that leaves them missing, one after it does not."""
    for steps in range(8):
        bench = Bench(held=True)
        bench.result(bench.member.append(1, records_from(2, [put_extent(FILE, 1)]), 2))
        bench.result(bench.member.missing(1))
        bench.member.put_extent(1, FILE, 1, b"bytes")
        answer = bench.member.settle(1, [(FILE, 1)])
        for _ in range(steps):
            bench.pump_one()
        done = answer.done
        bench.crash(Random(steps))
        if done or not bench.missing:
            content = bench.durable_content(FILE)
            assert content is not None
            assert content[EXTENT_BYTES:] == b"bytes"
            assert bench.missing == []
    assert done, "the last round saw it to its end"


# Failures and the end of the role


def test_failed_commit_fails_the_brick_and_all_that_waits() -> None:
    """Nobody knows what a reader would see, so nothing goes on."""
    bench = Bench(held=True)
    bench.file(FILE, b"content")
    calls = [
        bench.member.append(1, some(2), 1),
        bench.member.append(1, some(3), 1),
        bench.member.write(1, FILE, 0, b"new"),
    ]
    bench.store.fail()
    for call in calls:
        with pytest.raises(MemberFailed, match="broken"):
            call.result()
    assert bench.failures == ["the disk is broken"]
    bench.pump()
    assert bench.failures == ["the disk is broken"]


@pytest.mark.parametrize("name", CALLS)
def test_failed_brick_refuses_everything(name: str) -> None:
    """It has to be opened anew."""
    bench = Bench(held=True)
    bench.member.append(1, some(2), 1)
    bench.store.fail()
    for epoch in (1, 2):
        answer = CALLS[name](bench.member, epoch)
        with pytest.raises(MemberFailed, match="broken"):
            answer.result()
    with pytest.raises(MemberFailed, match="broken"):
        bench.member.attach(2).result()
    assert len(bench.failures) == 1


def test_retired_brick_refuses_and_has_not_failed() -> None:
    """It becomes a primary: what it began ends, and nobody is told."""
    bench = Bench(held=True)
    bench.file(FILE, b"content")
    calls = [
        bench.member.append(1, some(2), 1),
        bench.member.replay(1, some(3), 1),
        bench.member.write(1, FILE, 0, b"new"),
    ]
    quiet = bench.member.retire()
    for call in calls:
        with pytest.raises(MemberFailed, match="follows no primary"):
            call.result()
    with pytest.raises(MemberFailed, match="follows no primary"):
        bench.member.beat(1).result()
    done = [quiet.done]
    bench.pump()
    assert [*done, quiet.done] == [False, True]
    assert not bench.store.writing
    # What was under way has happened, what was queued has not.
    assert bench.content(FILE) == b"newtent"
    assert max(bench.store.tables[Table.LOG]) == (2).to_bytes(8, "big")
    assert bench.failures == []


def test_commit_that_fails_after_the_role_has_ended_is_told() -> None:
    """Whoever has the brick now must hear of it."""
    bench = Bench(held=True)
    bench.member.append(1, some(2), 1)
    quiet = bench.member.retire()
    bench.store.fail()
    assert bench.failures == ["the disk is broken"]
    assert quiet.done


def test_idle_brick_retires_at_once() -> None:
    """There is nothing to wait for."""
    assert Bench().member.retire().done


def test_defect_fails_the_brick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that ends in a defect is answered too; the brick is not trusted any more."""
    bench = Bench()
    log = Mock()
    monkeypatch.setattr(Calls, "log", log)
    nonsense: Any = None
    with pytest.raises(MemberFailed, match="defect"):
        bench.member.rows(1, nonsense, b"", None).result()
    assert bench.failures == ["a defect of the server"]
    log.failure.assert_called_once()


# Comparing


def test_members_are_compared_range_by_range_and_mended() -> None:
    """A brick that differs gets the items of another one, and is equal then."""
    good, bad = Bench(), Bench()
    good.member.append(1, some(2), 2).result()
    changes: Changes = {(Table.ENTRY, b"e"): b"wrong", (Table.ENTRY, b"f"): b"surplus"}
    bad.member.append(1, records_from(2, [changes]), 2).result()
    ask = (1, Table.ENTRY, b"", None)
    assert good.member.digest(*ask).result() != bad.member.digest(*ask).result()
    rows = good.member.rows(*ask).result()
    assert rows == [(b"e", b"0")]
    bad.member.mend(*ask, rows).result()
    assert good.member.digest(*ask).result() == bad.member.digest(*ask).result()
    inodes = (1, Table.INODE, b"", None)
    assert good.member.digest(*inodes).result() == bad.member.digest(*inodes).result()
