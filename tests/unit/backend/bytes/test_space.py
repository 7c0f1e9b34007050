"""Room for writes: when they are refused, and when they wait."""

from __future__ import annotations

import pytest

from nfsgw.backend.api import ROOT, Stability, Written
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.unit.backend.bytes.bench import Bench
from tests.unit.backend.bytes.copies import FakeCopies

RESERVE = 100_000
COUNT = 50_000


def room(available: int) -> DiskSpace:
    """Return so much room, and inodes enough."""
    return DiskSpace(1 << 40, 1 << 40, available, 1 << 20, 1 << 20, 1 << 20)


class FullBench(Bench):
    """A brick on a file system of which the test says how much room it has."""

    def __init__(self, held: bool = False, copies: FakeCopies | None = None) -> None:
        self.known = room(1 << 40)
        super().__init__(held, copies, lambda: self.known, reserve_bytes=RESERVE)

    def begin_write(self, inode: int, count: int = COUNT) -> Wait[Written]:
        """Begin to write."""
        data = b"x" * count
        return self.begin(self.bytes.write(ROOT, inode, 0, data, Stability.UNSTABLE, None))

    def becomes(self, available: int) -> None:
        """Let there be so much room from now on, and whoever looks see it."""
        self.known = room(available)
        self.shop.clock.advance(self.options.space_age_s)

    def wait_a_moment(self, seconds: float) -> None:
        """Let some time pass; what is under way stays so."""
        self.shop.clock.advance(seconds)
        with self.shop.turn:
            self.shop.timers.run()


def refusal(wait: Wait[Written]) -> FsCode:
    """Return what a write was refused with."""
    with pytest.raises(FsError) as raised:
        wait.result()
    return raised.value.code


def test_refused_at_once_when_nothing_goes() -> None:
    """Nobody waits for room that does not come, and nothing was written."""
    bench = FullBench()
    inode = bench.create()
    bench.becomes(RESERVE + COUNT - 1)
    assert refusal(bench.begin_write(inode)) is FsCode.NOSPC
    bench.becomes(RESERVE + COUNT)
    assert bench.begin_write(inode).result().written == COUNT


def test_write_waits_for_what_is_being_removed() -> None:
    """On a full disk, the room of a file that was just removed is there for the next one."""
    bench = FullBench(held=True)
    other, inode = bench.create(b"other"), bench.create()
    bench.write(other, 0, b"o" * COUNT)
    bench.becomes(RESERVE)
    bench.remove(b"other")
    # The record is committed; the thread that removes the data has not run yet.
    assert len(bench.bytes.cuts) == 1
    write = bench.begin_write(inode)
    bench.wait_a_moment(0.3)
    assert not write.done
    bench.becomes(RESERVE + COUNT)
    bench.pump()
    bench.wait_a_moment(0.3)
    bench.pump()
    assert write.result().written == COUNT
    assert bench.read(inode) == b"x" * COUNT


def test_write_waits_until_somebody_has_looked_at_all_bricks_again() -> None:
    """What is known of a set's room is a little older than what was removed."""
    bench = FullBench(copies=FakeCopies())
    other, inode = bench.create(b"other"), bench.create()
    bench.write(other, 0, b"o" * COUNT)
    bench.becomes(RESERVE)
    bench.remove(b"other")
    assert len(bench.bytes.cuts) == 0
    write = bench.begin_write(inode)
    bench.wait_a_moment(1)
    assert not write.done
    bench.becomes(RESERVE + COUNT)
    bench.wait_a_moment(0.3)
    assert write.result().written == COUNT


@pytest.mark.parametrize("copies", [None, FakeCopies()])
def test_write_does_not_wait_for_ever(copies: FakeCopies | None) -> None:
    """If what goes gives too little, the write is refused after some seconds."""
    bench = FullBench(held=True, copies=copies)
    other, inode = bench.create(b"other"), bench.create()
    bench.write(other, 0, b"o" * COUNT)
    bench.becomes(RESERVE)
    bench.remove(b"other")
    write = bench.begin_write(inode)
    for _ in range(4):
        bench.wait_a_moment(1)
        assert not write.done
    bench.wait_a_moment(1)
    assert refusal(write) is FsCode.NOSPC
    assert bench.read(inode) == b""


def test_burst_is_counted_until_the_next_look() -> None:
    """A write that only others have left no room for, as far as is known, waits for a look."""
    bench = FullBench(copies=FakeCopies())
    inode = bench.create()
    bench.becomes(RESERVE + COUNT + 10_000)
    bench.write(inode, 0, b"a" * COUNT)
    write = bench.begin_write(inode)
    for _ in range(2):
        bench.wait_a_moment(0.3)
        assert not write.done
    # It has replaced other bytes: there is as much room as before.
    bench.known = room(RESERVE + COUNT + 10_000)
    bench.wait_a_moment(0.3)
    assert write.result().written == COUNT
