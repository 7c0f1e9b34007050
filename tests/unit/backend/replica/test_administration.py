"""What administrators do to a set that is at work."""

from __future__ import annotations

import pytest

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.replica.quorum import QuorumKind
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import step
from tests.unit.backend.replica.set_bench import SetBench

REQUEST = b"request-1"


def take_out(bench: SetBench, brick: str) -> None:
    """Let a brick fail for good."""
    bench.places[brick].refusal = "its disk was taken out"
    with bench.turn:
        bench.set.heal_full(brick)


class TestAdd:
    """Bricks that come."""

    def test_a_call_under_way_is_undecided_and_then_known(self) -> None:
        """No client may see an error because a brick was added."""
        bench = SetBench(count=1)
        assert bench.primary.only
        waiting = bench.begin(bench.creating(b"new", REQUEST))
        assert not waiting.done
        bench.result(bench.set.add(bench.add_place()))
        with pytest.raises(FsError) as raised:
            waiting.result()
        assert raised.value.code is FsCode.UNDECIDED
        bench.until(lambda: len(bench.in_sync) == 2)
        bench.result(bench.creating(b"new", REQUEST))
        assert not bench.primary.only


class TestReplace:
    """Bricks that come for others."""

    def test_the_quorum_stays_what_it_was(self) -> None:
        """For a time there is one brick more, but not one copy more."""
        bench = SetBench()
        assert bench.set.number_needed == 1
        old, new = bench.following.brick, bench.add_place()
        bench.places[new].refusal = "it cannot be opened for now"
        bench.result(bench.set.replace(old, new))
        assert len(bench.membership.record.members) == 3
        assert bench.set.number_needed == 1
        bench.places[new].refusal = None
        bench.until(lambda: len(bench.membership.record.members) == 2)
        assert bench.set.number_needed == 1

    def test_the_primary_is_replaced_too(self) -> None:
        """It serves until the new brick is in sync, and then gives way to any other."""
        bench = SetBench()
        bench.file()
        old, new = bench.leading, bench.add_place()
        bench.result(bench.set.replace(old.brick, new))
        bench.until(lambda: old.brick not in bench.membership.record.members)
        bench.until(lambda: bench.served is not None)
        assert bench.leading is not old
        assert len(bench.in_sync) == 2
        bench.file(b"other")


class TestRemove:
    """Bricks that go."""

    def test_bricks_that_are_dead_count_no_more(self) -> None:
        """The quorum is one of the bricks that are left."""
        bench = SetBench(count=4)
        assert bench.set.number_needed == 2
        others = [brick for brick in bench.in_sync if brick != bench.leading.brick]
        for brick in others:
            take_out(bench, brick)
        assert not bench.writable
        for brick in others[:2]:
            bench.result(bench.set.remove(brick))
            assert not bench.set.health().bricks == ()
        assert bench.set.number_needed == 1
        assert bench.writable

    @pytest.mark.parametrize("count", [2, 3])
    def test_the_primary_gives_way_to_another_brick(self, count: int) -> None:
        """The command waits until another one serves."""
        bench = SetBench(count)
        bench.file()
        old = bench.leading
        bench.result(bench.set.remove(old.brick))
        assert bench.leading is not old
        assert old.brick not in bench.membership.record.members
        assert old.closed == 1
        assert bench.left == [bench.membership.record.members]
        bench.file(b"other")

    def test_the_last_brick_is_still_looked_at(self) -> None:
        """Its room must not stay what it was."""
        bench = SetBench()
        bench.result(bench.set.remove(bench.following.brick))
        space = DiskSpace(100, 50, 50, 10, 5, 5)
        bench.primary.own.look = lambda: space
        bench.pass_time(3)
        assert bench.primary.data.room() == space

    def test_a_brick_that_is_being_closed_is_closed_when_it_has_left(self) -> None:
        """Whoever marks it as nobody's must find it closed."""
        bench = SetBench()
        other = bench.following
        other.hung = True
        with bench.turn:
            bench.set.heal_full(other.brick)
        removing = step(bench.set.remove(other.brick))
        bench.pass_time(1)
        assert not bench.left
        other.release()
        bench.until(lambda: removing.done)
        assert other.closed == 1
        assert bench.left == [bench.in_sync]


class TestStop:
    """The end of a volume."""

    def test_a_primary_that_is_about_to_serve_does_not(self) -> None:
        """An election may be under way."""
        bench = SetBench(quorum=(QuorumKind.NONE, 0))
        with bench.turn:
            bench.primary.brick.step_down("for a test")
        assert bench.served is None
        bench.result(bench.set.stop())
        bench.pass_time(20)
        assert bench.served is None
        assert bench.set.primary is None

    def test_a_brick_that_opens_too_late_is_closed(self) -> None:
        """Else it could not be opened again."""
        bench = SetBench()
        other = bench.following
        with bench.turn:
            bench.set.heal_full(other.brick)
        bench.until(lambda: other.closed == 1)
        other.hung = True
        bench.pass_time(2)
        assert bench.set.seats[other.brick].busy
        bench.result(bench.set.stop())
        other.release()
        bench.pass_time(1)
        assert other.closed == 2

    def test_a_disk_that_hangs_does_not_hold_it_up_for_ever(self) -> None:
        """Other volumes are to be stopped too."""
        bench = SetBench()
        take_out(bench, bench.following.brick)
        inode = bench.file()
        bench.leading.hung = True
        writing = bench.begin(bench.writing(inode, 0, b"late"))
        stopping = bench.begin(bench.set.stop())
        bench.until(lambda: stopping.done, 60)
        assert writing.done


class TestAlone:
    """A set of one brick."""

    def test_calls_to_the_only_brick_fail_when_it_has_failed(self) -> None:
        """There is nothing to wait for but a person."""
        bench = SetBench(count=1)
        with bench.turn:
            bench.primary.brick.flush_failed(OSError(5, "for a test"))
        assert bench.set.reason is not None
        with pytest.raises(FsError) as raised:
            bench.result(bench.creating(b"new", REQUEST))
        assert raised.value.code is FsCode.IO
