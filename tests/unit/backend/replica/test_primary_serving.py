"""What a primary does while it serves, and how it ends."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.keys import COMMIT_POINT, sequence_key
from nfsgw.backend.brick.view import Table
from nfsgw.backend.replica.membership import Membership
from nfsgw.errors import FsCode, FsError
from tests.support.bricks import FSID
from tests.unit.backend.replica.primary_bench import (
    LEASE_S,
    REQUEST,
    Bench,
    code_of,
    code_of_result,
)

# While it serves


def test_change_is_on_all_bricks_when_it_is_answered() -> None:
    """Tables and bytes."""
    bench = Bench(3).serve()
    inode = bench.file()
    assert [each.shared == bench.bricks[0].shared for each in bench.bricks] == [True] * 3
    assert [each.content(inode) for each in bench.bricks] == [bytes(range(100))] * 3
    assert bench.primary.sequence == bench.primary.commit_point == len(bench.bricks[2].log)


@pytest.mark.parametrize("call", ["append", "write", "sync"])
def test_change_is_not_answered_before_all_bricks_have_it(call: str) -> None:
    """One is slow."""
    bench = Bench(3).serve()
    inode = bench.file()
    bench.bricks[2].line.held = {call}
    wait = bench.write(inode, 5, b"new")
    bench.pass_time(1)
    assert not wait.done
    bench.bricks[2].line.let_go()
    bench.result(wait)
    assert bench.in_sync == [0, 1, 2]


def test_brick_that_hangs_is_dropped_and_the_change_is_answered() -> None:
    """A client waits less than the ping timeout."""
    bench = Bench(3).serve()
    bench.bricks[2].line.held = {"append"}
    before_s = bench.loop.now_s
    bench.result(bench.create())
    assert bench.in_sync == [0, 1]
    assert bench.loop.now_s - before_s < LEASE_S
    assert bench.lost == [(bench.bricks[2].brick, "it does not answer")]


def test_change_is_answered_only_when_the_record_says_who_is_not_in_sync() -> None:
    """Else the one without it might take over."""
    bench = Bench().serve()
    bench.coordinator.held = True
    bench.bricks[1].line.held = {"append"}
    wait = bench.create()
    bench.bricks[1].line.fail()
    bench.pass_time(1)
    assert not wait.done
    bench.coordinator.let_go()
    bench.result(wait)
    assert bench.in_sync == [0]


def test_disk_that_hangs_makes_it_step_down() -> None:
    """Another brick that answers is to take over."""
    bench = Bench().serve()
    bench.bricks[0].threads.held = True
    inode_wait = bench.create()
    bench.result(inode_wait)
    wait = bench.write(inode_wait.result().inode, 0, bytes(100))
    assert code_of_result(bench, wait) is FsCode.UNDECIDED
    assert bench.failed == ["its disk does not answer"]
    assert bench.in_sync == [0, 1]


def test_bytes_are_put_where_a_disk_that_hangs_holds_up_nobody_else() -> None:
    """Not on the reactor's thread."""
    bench = Bench().serve()
    inode = bench.file()
    bench.bricks[0].stream.held = True
    wait = bench.write(inode, 0, b"new")
    assert bench.bricks[0].content(inode) == bytes(range(100))
    bench.result(bench.create(b"other"))
    assert not wait.done
    with bench.turn:
        bench.bricks[0].stream.run()
    bench.result(wait)
    assert bench.bricks[0].content(inode) == b"new" + bytes(range(3, 100))


def test_nothing_is_answered_while_promises_are_over() -> None:
    """The record cannot be changed, and the other brick may have changed it."""
    bench = Bench().serve()
    bench.coordinator.held = True
    bench.bricks[1].line.held = {"beat"}
    bench.look().result()
    bench.pass_time(LEASE_S + 1)
    assert code_of(bench.look()) is FsCode.TRY_LATER
    assert bench.failed == []
    bench.coordinator.let_go()
    bench.pass_time(1)
    assert bench.in_sync == [0]
    bench.look().result()


def test_heartbeats_keep_the_promises_and_tell_the_room() -> None:
    """However long nothing else happens; ten times in the time of a lease."""
    bench = Bench().serve()
    room = DiskSpace(1000, 500, 400, 10, 10, 10)
    bench.bricks[1].secondary.note_room(room)
    for _ in range(50):
        bench.pass_time(1)
        assert bench.primary.shipping.leased
        bench.look().result()
    assert 95 <= bench.bricks[1].line.calls.count("beat") <= 105
    assert bench.primary.shipping.room(0) == room


# The end


def test_calls_under_way_are_undecided_when_it_steps_down() -> None:
    """The next primary knows, or carries them out."""
    bench = Bench().serve()
    inode = bench.file()
    line = bench.bricks[1].line
    line.held = {"append", "write"}
    calls = [bench.create(b"new", REQUEST), bench.write(inode, 5, b"new")]
    bench.primary.brick.step_down("for a test")
    assert [code_of(call) for call in calls] == [FsCode.UNDECIDED] * 2
    assert bench.failed == ["for a test"]
    assert [code_of(call) for call in (bench.create(), bench.look())] == [FsCode.UNDECIDED] * 2
    assert line.calls[-1] == "release"
    bench.pass_time(20)
    assert line.calls[-1] == "release"
    assert not bench.bricks[0].disk.open_files


@pytest.mark.parametrize("away", [True, False])
def test_it_steps_down_when_it_cannot_drop_a_brick(away: bool) -> None:
    """It is replaced already, or nobody can say."""
    bench = Bench().serve()
    if away:
        bench.coordinator.away = True
    else:
        other = Membership(bench.coordinator, FSID, 0, bench.loop.call_later)
        bench.run(other.load(["unused"]))
        bench.run(other.take_over(bench.bricks[1].brick))
    bench.bricks[1].line.held = {"append"}
    wait = bench.create()
    bench.bricks[1].line.fail()
    assert code_of_result(bench, wait) is FsCode.UNDECIDED
    assert len(bench.failed) == 1


def test_own_tables_that_cannot_be_written_are_the_end() -> None:
    """Though all others have the record: they may keep it."""
    bench = Bench().serve()
    bench.bricks[0].store.held = True
    wait = bench.create()
    with bench.turn:
        bench.bricks[0].store.fail()
    assert code_of(wait) is FsCode.UNDECIDED
    assert bench.failed == ["the disk is broken"]


@pytest.mark.parametrize("company", [True, False])
def test_own_disk_that_takes_no_bytes(company: bool) -> None:
    """With another brick in sync the call goes there; alone it is told of the error."""
    bench = Bench().serve()
    inode = bench.file()
    if not company:
        bench.primary.exclude(bench.bricks[1].member, "for a test")
    bench.bricks[0].disk.room = 0
    wait = bench.write(inode, 0, b"new")
    bench.loop.run(lambda: wait.done, 60)
    assert code_of(wait) is (FsCode.UNDECIDED if company else FsCode.NOSPC)
    assert bool(bench.failed) is company


def test_stop_ends_everything_in_good_order() -> None:
    """What is under way first; then other bricks are released from their promises."""
    bench = Bench().serve()
    inode = bench.file()
    bench.bricks[1].line.held = {"write"}
    wait = bench.write(inode, 0, b"new")
    stop = bench.begin(bench.primary.stop())
    assert not stop.done
    bench.bricks[1].line.let_go()
    bench.result(stop)
    wait.result()
    assert bench.primary.stopped_well
    assert bench.failed == []
    assert bench.bricks[1].line.calls[-1] == "release"
    assert bench.bricks[0].shared == bench.bricks[1].shared
    assert not bench.bricks[0].disk.open_files


def test_stop_below_the_quorum_is_not_in_good_order() -> None:
    """What was not answered may be lost."""
    bench = Bench(1).serve()
    bench.needed = 2
    wait = bench.create()
    bench.result(bench.begin(bench.primary.stop()))
    assert code_of(wait) is FsCode.UNDECIDED
    assert not bench.primary.stopped_well


def test_stop_below_the_quorum_with_nothing_to_lose_is_in_good_order() -> None:
    """All that was answered is on all bricks in sync."""
    bench = Bench(1).serve()
    bench.needed = 2
    bench.run(bench.primary.stop())
    assert bench.primary.stopped_well


def test_stop_waits_until_a_brick_has_been_dropped() -> None:
    """Then the call that waits for that is answered."""
    bench = Bench().serve()
    bench.coordinator.held = True
    bench.bricks[1].line.held = {"append"}
    wait = bench.create()
    bench.bricks[1].line.fail()
    stop = bench.begin(bench.primary.stop())
    bench.pass_time(LEASE_S - 1)
    assert not stop.done
    bench.coordinator.let_go()
    bench.result(stop)
    wait.result()
    assert bench.primary.stopped_well


def test_stop_does_not_wait_for_ever_until_a_brick_has_been_dropped() -> None:
    """Nobody says when the coordinator can be reached again."""
    bench = Bench().serve()
    bench.coordinator.held = True
    bench.bricks[1].line.held = {"append"}
    wait = bench.create()
    bench.bricks[1].line.fail()
    before_s = bench.loop.now_s
    bench.run(bench.primary.stop())
    assert LEASE_S < bench.loop.now_s - before_s < 2 * LEASE_S
    assert code_of(wait) is FsCode.UNDECIDED
    assert not bench.primary.stopped_well


def test_stop_does_not_wait_for_ever_for_the_own_disk() -> None:
    """It gives it some time, because there may be much to be made durable."""
    bench = Bench(1).serve()
    inode = bench.file()
    bench.bricks[0].threads.held = True
    wait = bench.write(inode, 0, b"new")
    stop = bench.begin(bench.primary.stop())
    bench.pass_time(25)
    assert not stop.done
    bench.result(stop)
    assert code_of(wait) is FsCode.UNDECIDED
    assert not bench.primary.stopped_well


def test_stop_commits_what_nobody_waits_for() -> None:
    """Records that linger for company."""
    bench = Bench()
    bench.linger_s = 1000.0
    bench.serve()
    inode = bench.file()
    sequence = bench.primary.sequence
    unstable = Stability.UNSTABLE
    bench.run(bench.primary.data.write(ROOT, inode, 0, b"new", unstable, None))
    assert bench.primary.sequence == sequence
    bench.run(bench.primary.stop())
    assert bench.primary.sequence == bench.primary.commit_point == sequence + 1
    assert bench.bricks[1].shared == bench.bricks[0].shared


def test_clockwork_stops_with_the_role() -> None:
    """Nothing is left of it."""
    bench = Bench().serve()
    bench.pass_time(1)
    bench.primary.brick.step_down("for a test")
    with pytest.raises(AssertionError, match="nothing is left to do"):
        bench.loop.run(lambda: False)


def test_brick_that_has_become_alone_keeps_no_undo() -> None:
    """What it kept while others followed is final, and would contradict what comes after it."""
    bench = Bench(1, only=True)
    store = bench.bricks[0].store
    store.tables[Table.META][COMMIT_POINT] = sequence_key(1)
    store.tables[Table.UNDO][sequence_key(2)] = b"of a batch that was under way"
    bench.serve()
    bench.file()
    assert not store.tables[Table.UNDO]
    assert COMMIT_POINT not in store.tables[Table.META]


def test_brick_that_is_alone_takes_nothing_back_and_fails_by_itself() -> None:
    """There is no other one to ask."""
    bench = Bench(1, only=True).serve()
    inode = bench.file()
    assert not bench.bricks[0].store.tables[Table.UNDO]
    assert COMMIT_POINT not in bench.bricks[0].store.tables[Table.META]
    bench.bricks[0].threads.held = True
    wait = bench.write(inode, 0, b"new")
    bench.pass_time(100)
    assert not wait.done
    with bench.turn:
        bench.bricks[0].threads.run()
    wait.result()
    bench.primary.brick.step_down("for a test")
    assert code_of(bench.create()) is FsCode.IO


def test_brick_that_was_alone_gives_way() -> None:
    """Another one has joined the set, so calls are only undecided for a moment."""
    bench = Bench(1, only=True).serve()
    bench.bricks[0].store.held = True
    wait = bench.create()
    bench.primary.give_way("another brick has joined the set")
    assert [code_of(call) for call in (wait, bench.create())] == [FsCode.UNDECIDED] * 2
    assert bench.failed == ["another brick has joined the set"]


def test_closing_twice_is_closing() -> None:
    """Whoever comes first; and then it does nothing any more."""
    bench = Bench().serve()
    inode = bench.file()
    bench.primary.close()
    bench.primary.close()
    assert bench.bricks[1].line.calls.count("release") == 1
    for call in (
        lambda: bench.run(bench.primary.read(inode, 0, 5)),
        lambda: bench.run(bench.primary.put_extent(inode, 0, b"new")),
        lambda: bench.primary.epoch_of(1),
        lambda: bench.primary.records(0, 100),
        lambda: bench.primary.items(Table.INODE, b"", 100),
        lambda: bench.primary.digest(Table.INODE, b"", None),
    ):
        with pytest.raises(FsError) as raised:
            call()
        assert raised.value.code is FsCode.UNDECIDED
    assert bench.bricks[0].content(inode) == bytes(range(100))
