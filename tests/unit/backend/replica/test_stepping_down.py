"""A primary whose role ends while its disk is still at work."""

from __future__ import annotations

import pytest

from nfsgw.errors import FsCode, FsError
from tests.unit.backend.replica.set_bench import SetBench


class TestDescriptors:
    """Descriptors, whose numbers are given out again."""

    def test_what_a_hanging_disk_still_does_is_done_to_the_right_files(self) -> None:
        """What is queued behind a hanging write comes later."""
        bench = SetBench()
        inode = bench.file()
        old = bench.leading
        old.hung = True
        waits = [bench.begin(bench.writing(inode, at, b"late")) for at in (0, 200, 300)]
        bench.until(lambda: all(wait.done for wait in waits))
        for wait in waits:
            with pytest.raises(FsError) as raised:
                wait.result()
            assert raised.value.code is FsCode.UNDECIDED
        bench.until(lambda: bench.served is not None)
        assert bench.leading is not old
        assert old.disk.open_files
        old.release()
        bench.until(lambda: len(bench.in_sync) == 2)
        assert old.misused == []

    def test_they_are_closed_when_nothing_is_under_way(self) -> None:
        """None is left behind."""
        bench = SetBench()
        bench.file()
        old = bench.leading
        assert old.disk.open_files
        with bench.turn:
            bench.primary.brick.step_down("for a test")
        assert not old.disk.open_files
