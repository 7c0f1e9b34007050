"""Size changes and removals: their order among writes, and the work that they leave behind."""

from __future__ import annotations

import errno
from random import Random
from typing import Any

import pytest

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.records import EXTENT_KEYS_MAX
from nfsgw.backend.brick.keys import extent_key, inode_key
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent, ExtentState, pack_extent
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsCode, FsError
from nfsgw.filerange import FileRange
from nfsgw.waiting import Wait
from tests.unit.backend.bytes.bench import DIRECTORY, MIB, Bench

SYNC = Stability.FILE_SYNC


@pytest.mark.parametrize("size", [0, 1, 4096, 5000, EXTENT_BYTES, EXTENT_BYTES + 3])
def test_cut_bytes_are_zeros_when_the_file_grows_again(size: int) -> None:
    """A file that was cut and grows again has zeros where it was cut."""
    bench = Bench()
    inode = bench.create()
    data = Random(1).randbytes(2 * EXTENT_BYTES)
    bench.write(inode, 0, data, SYNC)
    bench.resize(inode, size)
    assert bench.read(inode) == data[:size]
    bench.resize(inode, len(data))
    assert bench.read(inode) == data[:size] + bytes(len(data) - size)
    assert bench.store.tables[Table.TRIM] == {}
    assert bench.complaints() == []


def test_small_file_is_cut_in_the_tables() -> None:
    """A small file that was cut and grows again has zeros, too."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"abcdef")
    bench.resize(inode, 2)
    bench.resize(inode, 4)
    assert bench.read(inode) == b"ab\0\0"


def test_file_cut_to_nothing_begins_again_small() -> None:
    """Emptied and written again, a file that had become small needs no data file."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)
    bench.resize(inode, 0)
    bench.write(inode, 0, b"small", SYNC)
    assert bench.read(inode) == b"small"
    assert not bench.disk.names_now
    assert bench.complaints() == []


def test_removal_takes_the_data_file_with_it() -> None:
    """Nothing of a removed file is left, neither keys nor bytes, and its handle is stale."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)
    bench.remove()
    assert not bench.disk.names_now
    for table in (Table.TRIM, Table.EXTENT):
        assert bench.store.tables[table] == {}
    with pytest.raises(FsError) as raised:
        bench.read(inode)
    assert raised.value.code is FsCode.STALE
    assert not bench.disk.open_files


def test_removal_of_a_small_file_is_one_record() -> None:
    """A small file goes with the record of its removal, without a cut."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"small", SYNC)
    before = bench.brick.sequence
    bench.remove()
    assert bench.brick.sequence == before + 1


def test_data_is_cut_only_after_the_record_is_committed() -> None:
    """Power lost before the record of the cut was committed leaves the whole file."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    wait = bench.begin(bench.resizing(inode, 5000))
    assert not wait.done
    assert bench.disk.size(bench.bytes.files.open(inode).fd) == MIB
    bench.crash()
    assert bench.read(inode) == b"a" * MIB


@pytest.mark.parametrize("size", [0, 5000])
def test_crash_at_any_step_of_a_cut(size: int) -> None:
    """Wherever a crash interrupts a cut, the file is whole or cut, and the work gets finished."""
    data = Random(1).randbytes(EXTENT_BYTES + MIB)
    for steps in range(12):
        bench = Bench(held=True)
        inode = bench.create()
        bench.write(inode, 0, data, SYNC)
        wait = bench.begin(bench.resizing(inode, size))
        for _ in range(steps):
            bench.pump_one()
        bench.crash(Random(steps))
        bench.pump()
        found = bench.size(inode)
        assert found == size if wait.done else found in (size, len(data))
        assert bench.read(inode) == data[:found]
        assert bench.complaints() == []
        bench.resize(inode, len(data))
        assert bench.read(inode) == data[:found] + bytes(len(data) - found)


def test_crash_at_any_step_of_a_removal() -> None:
    """Wherever a crash interrupts a removal, no data file is left that nobody knows."""
    for steps in range(12):
        bench = Bench(held=True)
        inode = bench.create()
        bench.write(inode, 0, bytes(MIB), SYNC)
        wait = bench.begin(bench.removing())
        for _ in range(steps):
            bench.pump_one()
        bench.crash(Random(steps))
        bench.pump()
        assert bench.complaints() == []
        if wait.done:
            assert not bench.disk.names_now


def test_crash_at_any_step_of_the_making_of_a_data_file() -> None:
    """Wherever a crash interrupts a small file's growth, it is whole, and no file is left over."""
    for steps in range(12):
        for power in (None, *(Random(seed) for seed in range(6))):
            bench = Bench(held=True)
            inode = bench.create()
            bench.write(inode, 0, b"small", SYNC)
            bench.begin(bench.bytes.write(ROOT, inode, 5, bytes(MIB), SYNC, None))
            for _ in range(steps):
                bench.pump_one()
            bench.crash(power)
            bench.pump()
            assert bench.read(inode)[:5] == b"small"
            assert bench.complaints() == []
            bench.remove()
            bench.pump()
            assert not bench.disk.names_now


def test_cut_waits_for_writes_in_flight() -> None:
    """A truncation that comes during a write happens after it, and cuts what it wrote."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * 5000, SYNC)
    write = bench.begin(bench.bytes.write(ROOT, inode, 4000, b"b" * 5000, SYNC, None))
    cut = bench.begin(bench.resizing(inode, 4500))
    late = bench.begin(bench.bytes.write(ROOT, inode, 6000, b"c", SYNC, None))
    bench.pump()
    assert write.done and cut.done and late.done
    assert write.result().written == 5000
    assert bench.read(inode) == b"a" * 4000 + b"b" * 500 + bytes(1500) + b"c"


def test_growth_waits_for_the_cut() -> None:
    """No write and no larger size passes a cut whose data is still there."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    cut = bench.begin(bench.resizing(inode, 5000))
    while not cut.done:
        bench.pump_one()
    below = bench.begin(bench.bytes.write(ROOT, inode, 0, b"b", Stability.UNSTABLE, None))
    assert below.done
    write = bench.begin(bench.bytes.write(ROOT, inode, 7000, b"c", Stability.UNSTABLE, None))
    growth = bench.begin(bench.resizing(inode, 8000))
    assert [write.done, growth.done] == [False, False]
    bench.pump()
    assert [write.done, growth.done] == [True, True]
    assert bench.read(inode) == b"b" + b"a" * 4999 + bytes(2000) + b"c" + bytes(999)


def test_second_cut_waits_for_the_first() -> None:
    """Cuts of one file, and its removal, happen one after the other."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    waits = [bench.begin(bench.resizing(inode, size)) for size in (9000, 7000, 8000)]
    waits.append(bench.begin(bench.removing()))
    bench.pump()
    for wait in waits:
        assert wait.done
        wait.result()
    assert not bench.disk.names_now
    assert bench.complaints() == []


def test_rename_over_a_file_that_is_being_written() -> None:
    """Replacing a file by RENAME waits for its writes, too; neither waits for ever."""
    bench = Bench(held=True)
    first, second = bench.create(b"first"), bench.create(b"second")
    for inode in (first, second):
        bench.write(inode, 0, b"a" * MIB, SYNC)
    writes = [
        bench.begin(bench.bytes.write(ROOT, inode, 0, b"b", SYNC, None))
        for inode in (first, second)
    ]
    renames = [
        bench.begin(
            bench.bytes.change(operations.rename, ROOT, DIRECTORY, source, DIRECTORY, target)
        )
        for source, target in ((b"first", b"second"), (b"second", b"first"))
    ]
    bench.pump()
    everything: list[Wait[Any]] = [*writes, *renames]
    for wait in everything:
        assert wait.done
        wait.result()
    # Which of the two renames came first is not said; one file is left of two.
    assert len(bench.store.tables[Table.EXTENT]) == 1
    assert len(bench.disk.names_now) == 1
    assert bench.complaints() == []


def test_cut_waits_for_replies_on_their_way_out() -> None:
    """A reply that is a range of the file gets its bytes, though the file is cut meanwhile."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    found = bench.run(bench.bytes.read(ROOT, inode, 0, MIB))
    assert isinstance(found.data, FileRange)
    bench.resize(inode, 10)
    assert bench.take(found.data) == b"a" * MIB
    bench.pump()
    assert bench.store.tables[Table.TRIM] == {}
    assert bench.read(inode) == b"a" * 10


def test_reply_that_is_never_sent_does_not_hold_a_cut_for_ever() -> None:
    """A client that takes no replies delays a truncation by seconds only."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    found = bench.run(bench.bytes.read(ROOT, inode, 0, MIB))
    bench.resize(inode, 10)
    assert bench.store.tables[Table.TRIM] != {}
    bench.idle()
    assert bench.store.tables[Table.TRIM] == {}
    assert isinstance(found.data, FileRange)
    found.data.release()


def test_removal_does_not_wait_for_replies() -> None:
    """A removed file stays open for the replies that are ranges of it."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    found = bench.run(bench.bytes.read(ROOT, inode, 0, MIB))
    bench.remove()
    assert not bench.disk.names_now
    assert bench.take(found.data) == b"a" * MIB
    assert not bench.disk.open_files


def test_many_extents_are_deleted_in_bounded_records() -> None:
    """Removing a huge file makes no record of more than some thousand keys."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(5000), SYNC)

    def name_many(change: Change) -> None:
        for number in range(1, 2 * EXTENT_KEYS_MAX + 100):
            value = pack_extent(Extent(ExtentState.CLEAN))
            change.put(Table.EXTENT, extent_key(inode, number), value)

    bench.run(bench.brick.change(name_many))
    before = bench.brick.sequence
    bench.remove()
    assert bench.store.tables[Table.EXTENT] == {}
    # The removal, three of extents, and the end of the cut.
    assert bench.brick.sequence == before + 5


def test_disk_that_cannot_remove_fails_the_brick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A data file that cannot be removed is a failing disk; nobody waits for ever."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)

    def broken(path: str) -> bool:
        raise OSError(errno.EIO, "broken", path)

    monkeypatch.setattr(bench.disk, "unlink", broken)
    bench.resize(inode, 0)
    assert bench.brick.failure is not None
    assert inode_key(inode) in bench.store.tables[Table.TRIM]


def test_failure_of_the_brick_ends_every_cut_that_waits() -> None:
    """However many removals are under way when a disk fails, nothing of them waits for ever."""
    bench = Bench(held=True, durable=False)
    count = 400
    for number in range(count):
        inode = bench.create(b"%d" % number)
        bench.write(inode, 0, bytes(5000))
    removals = [bench.begin(bench.removing(b"%d" % number)) for number in range(count)]
    while not all(removal.done for removal in removals):
        bench.pump_one()
    assert len(bench.bytes.cuts) > 300
    bench.brick.flush_failed(OSError(errno.EIO, "broken"))
    bench.pump()
    assert len(bench.bytes.cuts) == 0
    bench.run(bench.bytes.stop())
