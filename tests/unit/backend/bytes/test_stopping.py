"""The end of a volume with calls, cuts and failures under way."""

from __future__ import annotations

import errno
from random import Random
from typing import Any

import pytest

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.unit.backend.bytes.bench import MIB, Bench

SYNC = Stability.FILE_SYNC


@pytest.mark.parametrize("steps", range(12))
def test_stop_with_calls_in_flight(steps: int) -> None:
    """Who is served while a volume stops gets an answer, or is told to come again, never IO."""
    bench = Bench(held=True)
    large, small = bench.create(b"large"), bench.create(b"small")
    bench.write(large, 0, bytes(2 * MIB), SYNC)
    bench.write(small, 0, b"small")
    calls: list[Wait[Any]] = [
        bench.begin(bench.bytes.write(ROOT, large, MIB, b"w" * 10, SYNC, None)),
        bench.begin(bench.bytes.write(ROOT, large, 2 * EXTENT_BYTES, b"x", SYNC, None)),
        bench.begin(bench.bytes.write(ROOT, small, 5, bytes(MIB), SYNC, None)),
        bench.begin(bench.resizing(large, 5)),
        bench.begin(bench.bytes.write(ROOT, large, MIB, b"y" * 10, Stability.UNSTABLE, None)),
        bench.begin(bench.resizing(large, 3)),
        bench.begin(bench.bytes.write(ROOT, large, MIB, b"z" * 10, SYNC, None)),
        bench.begin(bench.removing(b"small")),
        bench.begin(bench.bytes.commit(large, 0, 0)),
    ]
    for _ in range(steps):
        bench.pump_one()
    bench.run(bench.bytes.stop())
    bench.run(bench.brick.close())
    bench.pump()
    for call in calls:
        assert call.done
        try:
            call.result()
        except FsError as error:
            assert error.code in (FsCode.TRY_LATER, FsCode.STALE)
    bench.bytes.close()
    assert not bench.disk.open_files
    bench.crash(Random(1))
    bench.pump()
    bench.idle()
    assert bench.complaints() == []


def test_stop_does_not_wait_for_all_cuts() -> None:
    """A volume stops soon after the removal of very many files; the next start cuts the rest."""
    bench = Bench(held=True)
    for number in range(100):
        bench.write(bench.create(b"%d" % number), 0, bytes(5000))
    removals = [bench.begin(bench.removing(b"%d" % number)) for number in range(100)]
    while not all(removal.done for removal in removals):
        bench.pump_one()
    bench.run(bench.bytes.stop())
    assert len(bench.store.tables[Table.TRIM]) > 50
    bench.run(bench.brick.close())
    assert not bench.disk.open_files
    bench.crash()
    bench.pump()
    assert not bench.store.tables[Table.TRIM]
    assert not bench.disk.names_now
    assert bench.complaints() == []


def test_process_without_descriptors_keeps_its_bricks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many open files make clients wait; they do not make a volume fail."""
    bench = Bench(descriptors_max=0)
    inode, other = bench.create(), bench.create(b"other")
    bench.write(inode, 0, b"a" * MIB, SYNC)
    bench.write(other, 0, b"o" * MIB, SYNC)

    def used_up(path: str) -> int:
        raise OSError(errno.EMFILE, "too many open files")

    with monkeypatch.context() as patched:
        for number in (inode, other):
            bench.bytes.files.forget(number)
        patched.setattr(bench.disk, "open", used_up)
        for call in (
            bench.bytes.write(ROOT, inode, 0, b"b", SYNC, None),
            bench.bytes.read(ROOT, inode, 0, 10),
        ):
            with pytest.raises(FsError) as raised:
                bench.run(call)
            assert raised.value.code is FsCode.TRY_LATER
        bench.resize(other, 5)
        bench.pump()
        assert bench.store.tables[Table.TRIM]
    assert bench.brick.failure is None
    bench.idle()
    assert not bench.store.tables[Table.TRIM]
    assert bench.read(inode) == b"a" * MIB
    assert bench.read(other) == b"o" * 5
    assert bench.complaints() == []


def test_stop_after_a_failed_fsync_keeps_no_descriptor() -> None:
    """A volume that is stopped because its disk failed leaves no file open."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB))
    bench.disk.sync_error = OSError(errno.EIO, "broken")
    with pytest.raises(FsError):
        bench.commit(inode)
    bench.run(bench.bytes.stop())
    assert not bench.disk.open_files
