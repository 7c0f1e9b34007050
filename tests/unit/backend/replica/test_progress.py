"""Figures of a brick that is brought up to date."""

from __future__ import annotations

import pytest

from nfsgw.backend.replica.health import Work
from nfsgw.backend.replica.progress import Progress
from tests.unit.backend.replica.fakes import Loop


class Bench:
    """A progress, and a clock."""

    def __init__(self, step: str) -> None:
        self.loop = Loop()
        self.progress = Progress(self.loop)
        self.progress.begin(step)

    def fetch(self, count: int, size: int, seconds: float) -> None:
        """Fetch extents at an even pace."""
        for _ in range(count):
            self.loop.now_s += seconds / count
            self.progress.moved_extent(size)


def test_before_it_has_begun_nothing_is_known() -> None:
    """Nothing moves yet."""
    assert Progress(Loop()).work(3, 1000) == Work(0, 3, 1000, "waiting", 0, 0.0, None)


def test_steady_bytes() -> None:
    """What is left takes as long as what is done took."""
    bench = Bench("bytes")
    bench.fetch(100, 1000, seconds=10)
    work = bench.progress.work(50, 50_000)
    assert work.done_bytes == 100_000
    assert work.bytes_per_s == pytest.approx(10_000, rel=0.1)
    assert work.left_s == pytest.approx(5, rel=0.1)


def test_the_last_seconds_count() -> None:
    """It has become slower, and the estimate says so soon."""
    bench = Bench("bytes")
    bench.fetch(1000, 1000, seconds=10)
    bench.fetch(6, 1000, seconds=6)
    work = bench.progress.work(10, 10_000)
    assert work.bytes_per_s == pytest.approx(1000, rel=0.3)
    assert work.left_s == pytest.approx(10, rel=0.3)


def test_large_pieces_after_small_ones() -> None:
    """Each piece takes 1 ms, and each MiB 10 ms: the estimate is not far off."""
    bench = Bench("bytes")
    bench.fetch(2000, 10_000, seconds=2.2)
    left_s = 100 * 0.041
    estimate = bench.progress.work(100, 100 * (4 << 20)).left_s
    assert estimate is not None
    assert left_s / 2.5 < estimate < left_s * 2.5


def test_standstill() -> None:
    """Nothing has moved for a while: no rate, and no estimate."""
    bench = Bench("bytes")
    bench.fetch(100, 1000, seconds=10)
    bench.loop.now_s += 20
    work = bench.progress.work(50, 50_000)
    assert work.bytes_per_s == 0
    assert work.left_s is None


def test_log_that_grows_meanwhile() -> None:
    """What counts is how fast it becomes less."""
    bench = Bench("log")
    bench.progress.records_left = 1000
    bench.progress.begin("log")
    for _ in range(20):
        bench.loop.now_s += 0.1
        bench.progress.records_left -= 25
        bench.progress.moved(10_000)
    work = bench.progress.work(0, 0)
    assert work.records == 500
    assert work.left_s == pytest.approx(2, rel=0.1)
    bench.progress.records_left = 1000
    assert bench.progress.work(0, 0).left_s is None
    assert bench.progress.work(5, 500).left_s is None


def test_tables_have_no_estimate() -> None:
    """How many items there are is not known."""
    bench = Bench("tables")
    bench.loop.now_s += 1
    bench.progress.moved(100_000)
    work = bench.progress.work(0, 0)
    assert (work.step, work.left_s) == ("tables", None)
    assert work.bytes_per_s == pytest.approx(100_000)


def test_only_empty_pieces_are_left() -> None:
    """Files have become shorter meanwhile: what is left has no bytes, but takes time."""
    bench = Bench("bytes")
    bench.fetch(100, 1000, seconds=10)
    assert bench.progress.work(10, 0).left_s == pytest.approx(1, rel=0.1)
    assert bench.progress.work(0, 0).left_s == 0
