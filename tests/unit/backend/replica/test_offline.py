"""What a set says of a brick that it does without, and what it does with one that is full."""

from __future__ import annotations

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.replica.health import BrickHealth, BrickState
from tests.unit.backend.replica.set_bench import Place, SetBench


def health(bench: SetBench, place: Place) -> BrickHealth:
    """Return what is known of a brick."""
    return next(each for each in bench.set.health().bricks if each.brick == place.brick)


def test_what_an_absent_brick_lacks_is_counted_exactly() -> None:
    """Its last record is known, though it cannot be asked."""
    bench = SetBench(3)
    bench.file()
    place = bench.following
    bench.pass_time(20)
    had = bench.primary.sequence
    place.refusal = "its disk is away"
    with bench.turn:
        bench.set._fail(bench.set.seats[place.brick], "it was pulled out")
    bench.until(lambda: len(bench.in_sync) == 2)
    bench.file(b"other")
    bench.pass_time(20)
    found = health(bench, place)
    assert found.state is BrickState.OFFLINE
    assert found.sequence == had
    assert found.work is not None
    assert found.work.records == bench.primary.sequence - had
    place.refusal = None
    bench.until(lambda: len(bench.in_sync) == 3)
    assert health(bench, place).work is None


def test_what_an_old_primary_lacks_is_counted_exactly() -> None:
    """It is a brick like any other."""
    bench = SetBench(3)
    bench.file()
    place = bench.leading
    bench.pass_time(20)
    had = bench.primary.sequence
    place.refusal = "its disk is away"
    with bench.turn:
        bench.primary.brick.step_down("it was pulled out")
    bench.until(lambda: bench.served is not None)
    bench.file(b"other")
    bench.pass_time(20)
    found = health(bench, place)
    assert found.sequence == had
    assert found.work is not None
    assert found.work.records == bench.primary.sequence - had


def test_full_brick_stays_open_until_there_is_room() -> None:
    """It is neither failed nor opened again and again."""
    bench = SetBench(3, reserve_bytes=1000)
    bench.file()
    place = bench.following
    room = [DiskSpace(10000, 10, 10, 100, 100, 100)]
    opened = place.open

    def open_with_room() -> LocalBrick:
        local = opened()
        local.look = lambda: room[0]
        return local

    place.open = open_with_room  # type: ignore[method-assign]
    local = bench.set.seats[place.brick].local
    assert local is not None
    local.look = lambda: room[0]
    bench.until(lambda: len(bench.in_sync) == 2)
    bench.pass_time(3)
    closed = place.closed
    bench.pass_time(10)
    assert place.closed == closed
    found = health(bench, place)
    assert found.state is BrickState.OFFLINE
    assert found.reason is not None
    assert "full" in found.reason
    room[0] = DiskSpace(10000, 9000, 9000, 100, 100, 100)
    bench.until(lambda: len(bench.in_sync) == 3)
