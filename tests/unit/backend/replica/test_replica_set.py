"""A set through its life: start, failures of bricks, takeovers, returns, stop."""

from __future__ import annotations

from functools import partial
from typing import Any
from unittest.mock import Mock

import pytest

from nfsgw.backend.api import ROOT, NewAttributes
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.store import StoreFailed
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.health import BrickState
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.backend.replica.tables import SHARED_TABLES, is_shared
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.unit.backend.replica.set_bench import DIRECTORY, LEASE_S, Place, SetBench

REQUEST = b"client01" + bytes(20)


def making(bench: SetBench, name: bytes = b"new", request: bytes | None = None) -> Any:  # noqa: ANN401
    """Return the making of a directory, which is refused if it is there."""
    return bench.primary.brick.change(
        operations.mkdir, ROOT, DIRECTORY, name, NewAttributes(), request=request
    )


def fail(bench: SetBench, place: Place, refusal: str | None = "its disk was taken out") -> None:
    """Let a brick fail; with a refusal it stays away."""
    place.refusal = refusal
    seat = bench.set.seats[place.brick]
    with bench.turn:
        if seat.secondary is None:
            bench.primary.brick.step_down("its disk was taken out")
        else:
            bench.set.heal_full(place.brick)


def stop(bench: SetBench) -> None:
    """Stop the set."""
    bench.result(bench.set.stop())


def whole(bench: SetBench) -> bool:
    """Say whether all bricks are in sync, and one of them serves."""
    return bench.served is not None and len(bench.in_sync) == len(bench.places)


def check_equal(bench: SetBench, *inodes: int) -> None:
    """Check that all bricks in sync hold the same."""
    bench.pass_time(20)
    places = [bench.places[brick] for brick in bench.in_sync]
    tables = [
        {
            (table, key): value
            for table in SHARED_TABLES
            for key, value in place.store.tables[table].items()
            if is_shared(table, key)
        }
        for place in places
    ]
    assert all(each == tables[0] for each in tables)
    logs = [place.store.tables[Table.LOG] for place in places]
    assert all(max(log.items()) == max(logs[0].items()) for log in logs)
    for inode in inodes:
        assert len({place.content(inode) for place in places}) == 1


def code_of(wait: Wait[Any]) -> FsCode:
    """Return the error that a call has ended with."""
    with pytest.raises(FsError) as raised:
        wait.result()
    return raised.value.code


# Starting


def test_set_starts_with_all_its_bricks() -> None:
    """One of them serves, and all have what it has."""
    bench = SetBench(3)
    record = bench.membership.record
    assert record.primary == bench.leading.brick
    assert record.epoch == bench.primary.epoch
    assert bench.in_sync == tuple(bench.places)
    assert bench.writable
    assert bench.set.reason is None
    inode = bench.file()
    check_equal(bench, inode)
    assert [place.opened for place in bench.places.values()] == [1, 1, 1]


def test_set_starts_again_where_it_was() -> None:
    """In a later epoch."""
    bench = SetBench(3)
    inode = bench.file()
    epoch = bench.primary.epoch
    stop(bench)
    bench.start()
    assert bench.primary.epoch == epoch + 1
    assert len(bench.in_sync) == 3
    data = bench.result(bench.primary.data.read(ROOT, inode, 0, 100)).data
    assert data == bytes(range(1, 101))
    bench.file(b"other")
    check_equal(bench, inode)


@pytest.mark.parametrize("which", ["leading", "following"])
def test_set_starts_without_a_brick_that_is_absent(which: str) -> None:
    """It comes when it can be opened, and is brought up to date."""
    bench = SetBench(3)
    bench.file()
    absent: Place = getattr(bench, which)
    stop(bench)
    absent.refusal = "its disk is away"
    bench.start()
    assert len(bench.in_sync) == 2
    assert absent.brick not in bench.in_sync
    assert bench.set.seats[absent.brick].reason == "its disk is away"
    inode = bench.file(b"other")
    absent.refusal = None
    bench.until(lambda: whole(bench))
    assert bench.set.seats[absent.brick].reason is None
    check_equal(bench, inode)


def test_set_without_any_brick_waits_for_one() -> None:
    """And says why."""
    bench = SetBench(2)
    bench.file()
    stop(bench)
    for place in bench.places.values():
        place.refusal = "its disk is away"
    bench.start()
    assert bench.served is None
    assert not bench.set.writable
    reason = bench.set.health().reason
    assert reason == bench.set.reason
    assert reason is not None
    assert reason.count("its disk is away") == 2
    assert {each.state for each in bench.set.health().bricks} == {BrickState.OFFLINE}
    bench.places[bench.in_sync[1]].refusal = None
    bench.until(lambda: bench.served is not None)
    assert bench.set.reason is None
    for place in bench.places.values():
        place.refusal = None
    bench.until(lambda: whole(bench))
    check_equal(bench)


def test_brick_that_was_not_in_sync_never_serves_alone() -> None:
    """It lacks what was acknowledged without it."""
    bench = SetBench(2)
    behind = bench.following
    fail(bench, behind)
    inode = bench.file()
    ahead = bench.leading
    stop(bench)
    behind.refusal = None
    ahead.refusal = "its disk is away"
    bench.start()
    bench.pass_time(60)
    assert bench.served is None
    ahead.refusal = None
    bench.until(lambda: whole(bench))
    assert bench.leading is ahead
    check_equal(bench, inode)


def test_brick_that_does_not_answer_does_not_hold_up_the_start() -> None:
    """Longer than clients have patience."""
    bench = SetBench(3)
    bench.file()
    hung = bench.following
    stop(bench)
    hung.hung = True
    before_s = bench.loop.now_s
    bench.start()
    assert LEASE_S <= bench.loop.now_s - before_s < LEASE_S + 1
    assert len(bench.in_sync) == 2
    bench.file(b"other")
    hung.release()
    bench.until(lambda: whole(bench))
    check_equal(bench)


def test_only_brick_of_a_set_has_more_time_to_be_opened() -> None:
    """There is nobody to serve in its place."""
    bench = SetBench(1)
    only = bench.leading
    stop(bench)
    only.hung = True
    bench.loop.call_later(4 * LEASE_S, only.release)
    bench.start()
    assert bench.leading is only


def test_only_brick_of_a_set_says_why_it_is_not_open() -> None:
    """For the administrator who starts the volume."""
    bench = SetBench(1)
    only = bench.leading
    stop(bench)
    only.refusal = "its disk is away"
    bench.start()
    assert bench.set.only_reason == "its disk is away"


# Failing


def test_set_goes_on_without_a_brick_that_fails() -> None:
    """Clients notice nothing; it comes back and is brought up to date."""
    bench = SetBench(3)
    bench.file()
    epoch, primary = bench.primary.epoch, bench.primary
    place = bench.following
    fail(bench, place)
    inode = bench.file(b"other")
    assert len(bench.in_sync) == 2
    place.refusal = None
    bench.until(lambda: whole(bench))
    assert bench.primary is primary
    assert bench.primary.epoch == epoch
    check_equal(bench, inode)
    assert place.ends == [False]


def test_another_brick_takes_over_from_one_that_fails() -> None:
    """What was acknowledged is there; the old primary comes back as any other brick."""
    bench = SetBench(3)
    inode = bench.file()
    old, epoch = bench.leading, bench.primary.epoch
    verifier = bench.primary.brick.verifier
    fail(bench, old)
    assert bench.served is None
    assert bench.set.reason == "its disk was taken out"
    before_s = bench.loop.now_s
    bench.until(lambda: bench.served is not None)
    assert bench.loop.now_s - before_s < 1
    assert bench.leading is not old
    assert bench.primary.epoch == epoch + 1
    assert bench.primary.brick.verifier != verifier
    assert old.brick not in bench.in_sync
    data = bench.result(bench.primary.data.read(ROOT, inode, 0, 100)).data
    assert data == bytes(range(1, 101))
    other = bench.file(b"other")
    old.refusal = None
    bench.until(lambda: whole(bench))
    check_equal(bench, inode, other)


@pytest.mark.parametrize("after_ms", [0, 0.5, 1.5, 2.5, 3.5, 10])
def test_call_under_way_in_a_takeover_is_done_once(after_ms: float) -> None:
    """It is undecided, and asked again under its request id; the first answer stands."""
    bench = SetBench(3)
    waiting = bench.begin(making(bench, request=REQUEST))
    bench.pass_time(after_ms / 1000)
    with bench.turn:
        bench.primary.brick.step_down("for a test")
    bench.until(lambda: bench.served is not None and waiting.done)
    first = None
    if after_ms == 10:
        first = waiting.result()
    elif after_ms <= 0.5:
        assert code_of(waiting) is FsCode.UNDECIDED
    made = bench.result(making(bench, request=REQUEST))
    assert first is None or made == first
    again = bench.result(making(bench, request=REQUEST))
    assert again == made
    with pytest.raises(FsError) as raised:
        bench.result(making(bench, request=b"client02" + bytes(20)))
    assert raised.value.code is FsCode.EXIST
    found = bench.result(bench.primary.brick.read(operations.lookup, ROOT, DIRECTORY, b"new"))
    assert found.inode == made.inode
    bench.until(lambda: whole(bench))
    check_equal(bench)


def test_one_takeover_after_the_other_loses_nothing() -> None:
    """As long as one brick is left that is in sync."""
    bench = SetBench(3)
    inodes = []
    for number in range(8):
        inodes.append(bench.file(b"%d" % number))
        with bench.turn:
            bench.primary.brick.step_down("for a test")
        bench.until(lambda: whole(bench))
    for inode in inodes:
        data = bench.result(bench.primary.data.read(ROOT, inode, 0, 100)).data
        assert data == bytes(range(1, 101))
    check_equal(bench, *inodes)


def test_last_brick_in_sync_that_fails_is_waited_for() -> None:
    """Nobody else has everything."""
    bench = SetBench(2)
    behind = bench.following
    fail(bench, behind)
    inode = bench.file()
    last = bench.leading
    behind.refusal = None
    fail(bench, last)
    bench.pass_time(60)
    assert bench.served is None
    last.refusal = None
    bench.until(lambda: whole(bench))
    check_equal(bench, inode)


@pytest.mark.parametrize("which", ["leading", "following"])
def test_brick_whose_directory_is_gone_has_failed(which: str) -> None:
    """Though the files that are open would still take everything."""
    bench = SetBench(3)
    place: Place = getattr(bench, which)
    local = bench.set.seats[place.brick].local
    assert local is not None
    place.refusal = "its directory is away"
    local.look = Mock(side_effect=FileNotFoundError(2, "no such directory"))
    bench.until(lambda: place.brick not in bench.in_sync, 5)
    bench.until(lambda: bench.served is not None)
    assert bench.leading is not place
    bench.file()


def test_brick_that_hangs_is_dropped_and_closed() -> None:
    """When its disk answers at last it is opened again."""
    bench = SetBench(3)
    inode = bench.file()
    hung = bench.following
    hung.hung = True
    bench.result(bench.writing(inode, 0, b"new"))
    assert hung.brick not in bench.in_sync
    assert bench.set.seats[hung.brick].reason == "it does not answer"
    assert hung.closed == 0
    hung.release()
    bench.until(lambda: whole(bench))
    assert hung.ends == [False]
    check_equal(bench, inode)


def test_disk_that_hangs_is_noticed_though_nobody_asks_it_for_anything() -> None:
    """The next call does not have to wait."""
    bench = SetBench(3)
    hung = bench.following
    bench.pass_time(20)
    hung.hung = True
    bench.until(lambda: hung.brick not in bench.in_sync, 2 * LEASE_S)
    assert bench.set.seats[hung.brick].reason == "its file system does not answer"


def test_disks_that_hang_together_are_nobodys_fault() -> None:
    """They may be one disk; when it goes on, all go on."""
    bench = SetBench(3)
    inode = bench.file()
    bench.pass_time(20)
    epoch = bench.primary.epoch
    for place in bench.places.values():
        place.hung = True
    wait = bench.begin(bench.writing(inode, 0, b"new"))
    bench.pass_time(60)
    assert not wait.done
    for place in bench.places.values():
        place.release()
    bench.until(lambda: wait.done)
    wait.result()
    assert bench.primary.epoch == epoch
    assert len(bench.in_sync) == 3


def test_brick_that_hangs_when_it_is_to_take_over_is_passed_over() -> None:
    """The next one serves."""
    bench = SetBench(3)
    inode = bench.file()
    bench.pass_time(20)
    old, hung = bench.leading, bench.following
    hung.hung = True
    fail(bench, old)
    before_s = bench.loop.now_s
    bench.until(lambda: bench.served is not None)
    assert bench.loop.now_s - before_s < LEASE_S + 1
    assert bench.leading not in (old, hung)
    assert bench.set.seats[hung.brick].reason == "its disk does not answer"
    hung.release()
    old.refusal = None
    bench.until(lambda: whole(bench))
    check_equal(bench, inode)


def test_primary_whose_tables_cannot_be_written_gives_way() -> None:
    """To one whose tables can."""
    bench = SetBench(2)
    old = bench.leading
    bench.file()
    broken = StoreFailed("its disk is broken")
    old.store.complete = partial(old.store.report, broken)  # type: ignore[method-assign]
    old.refusal = "its disk is broken"
    wait = bench.begin(making(bench, request=REQUEST))
    bench.until(lambda: wait.done)
    assert code_of(wait) is FsCode.UNDECIDED
    bench.until(lambda: bench.served is not None)
    assert bench.leading is not old
    assert bench.in_sync == (bench.leading.brick,)
    bench.result(making(bench, request=REQUEST))


def test_clients_are_told_when_there_are_enough_bricks_and_when_not() -> None:
    """By the quorum of the set."""
    bench = SetBench(3, (QuorumKind.FIXED, 3))
    assert [bench.writable] == [True]
    place = bench.following
    fail(bench, place)
    assert [bench.writable, bench.served is None] == [False, False]
    assert bench.set.health().reason == "2 bricks are in sync, and changes need 3"
    place.refusal = None
    bench.until(lambda: bench.writable)
    assert bench.set.health().reason is None
    bench.file()


# Stopping


def test_all_bricks_are_closed_in_good_order() -> None:
    """Everything that was under way is committed first."""
    bench = SetBench(3)
    inode = bench.file()
    waits = [bench.begin(making(bench, b"%d" % number)) for number in range(5)]
    waits.append(bench.begin(bench.writing(inode, 0, b"new")))
    stop(bench)
    for wait in waits:
        wait.result()
    assert [place.ends for place in bench.places.values()] == [[True]] * 3
    assert bench.served is None
    assert bench.set.primary is None
    bench.pass_time(60)
    assert [place.opened for place in bench.places.values()] == [1] * 3
    bench.start()
    assert bench.result(bench.primary.data.read(ROOT, inode, 0, 3)).data == b"new"


def test_stop_below_the_quorum_is_not_in_good_order() -> None:
    """A call that waits for it is undecided."""
    bench = SetBench(2, (QuorumKind.FIXED, 2))
    inode = bench.file()
    fail(bench, bench.following)
    waiting = bench.begin(bench.writing(inode, 0, b"new"))
    bench.pass_time(1)
    leading = bench.leading
    stop(bench)
    assert code_of(waiting) is FsCode.UNDECIDED
    assert leading.ends == [False]


def test_stop_without_a_primary_closes_what_is_open() -> None:
    """The bricks that are not in sync wait in vain."""
    bench = SetBench(2)
    behind, last = bench.following, bench.leading
    fail(bench, behind)
    bench.file()
    behind.refusal = None
    fail(bench, last)
    bench.pass_time(10)
    stop(bench)
    assert [place.opened - place.closed for place in bench.places.values()] == [0, 0]
    assert behind.ends[-1] is False


def test_brick_that_is_never_closed_does_not_hold_up_the_stop() -> None:
    """Its disk does not answer; the others are closed in good order."""
    bench = SetBench(3)
    bench.file()
    hung, leading = bench.following, bench.leading
    hung.hung = True
    before_s = bench.loop.now_s
    stop(bench)
    assert bench.loop.now_s - before_s < 2 * LEASE_S + 1
    assert hung.ends == []
    assert leading.ends == [True]
    hung.release()
    bench.pass_time(1)
    assert hung.closed == 1
