"""Reads while the primary's own disk cannot give what it holds."""

from __future__ import annotations

import errno

import pytest

from nfsgw.backend.api import ROOT
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.replica.set_bench import SetBench


def test_what_cannot_be_mended_here_is_read_from_another_brick() -> None:
    """A client hears of no disk that is not the only one."""
    bench = SetBench()
    inode = bench.file()
    bench.pass_time(20)
    old = bench.leading

    def broken(fd: int, length: int, offset: int) -> bytes:
        raise OSError(errno.EIO, "bad sector")

    old.disk.read = broken  # type: ignore[method-assign]
    old.disk.read_cached = broken  # type: ignore[method-assign]
    with pytest.raises(FsError) as raised:
        bench.result(bench.primary.data.read(ROOT, inode, 0, 10))
    assert raised.value.code is FsCode.UNDECIDED
    bench.until(lambda: bench.served is not None and bench.leading is not old)
    data = bench.result(bench.primary.data.read(ROOT, inode, 0, 10)).data
    assert data == bytes(range(1, 11))
