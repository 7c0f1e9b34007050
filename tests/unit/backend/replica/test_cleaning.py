"""Extents that go clean on several bricks, while other extents of the file are written."""

from __future__ import annotations

import pytest

from tests.unit.backend.replica.set_bench import SetBench

MIB = 1 << 20


@pytest.mark.parametrize("after_ms", range(12))
def test_a_file_that_grows_meanwhile_is_no_reason_to_drop_a_brick(after_ms: int) -> None:
    """What is compared keeps still, the end of the file too: a checksum tells of it."""
    bench = SetBench()
    inode = bench.file()
    bench.until(lambda: bench.primary.data.extents._cleaning)
    bench.pass_time(after_ms / 1000)
    bench.result(bench.writing(inode, 9 * MIB, b"far away"))
    bench.pass_time(1)
    assert [place.closed for place in bench.places.values()] == [0, 0]
    bench.pass_time(20)
    contents = [place.content(inode) for place in bench.places.values()]
    assert contents[0] == contents[1]
    assert len(contents[0]) == 9 * MIB + 8
