"""Extents: named before they are written, clean when they are idle, errors when they are lost."""

from __future__ import annotations

from random import Random

import pytest

from nfsgw.backend.api import ROOT, Stability
from nfsgw.backend.brick.bytes.records import WRITING
from nfsgw.backend.brick.schema import EXTENT_BYTES, ExtentState, unpack_extent
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.bytes.bench import MIB, Bench

SYNC = Stability.FILE_SYNC


def states(bench: Bench) -> list[int]:
    """Return the states of all extents."""
    return [unpack_extent(value).state for _, value in sorted(extents(bench).items())]


def extents(bench: Bench) -> dict[bytes, bytes]:
    """Return all extents."""
    return bench.store.tables[Table.EXTENT]


def writing(bench: Bench) -> list[bytes]:
    """Return the list of extents being written."""
    return [key for key in bench.store.tables[Table.META] if key.startswith(WRITING)]


def test_idle_extents_go_clean() -> None:
    """Some seconds after the last write an extent has its checksum, and is durable."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, Random(1).randbytes(EXTENT_BYTES + 100))
    assert states(bench) == [ExtentState.WRITING] * 2
    bench.idle(1)
    assert states(bench) == [ExtentState.WRITING] * 2
    bench.idle()
    assert states(bench) == [ExtentState.CLEAN] * 2
    assert writing(bench) == []
    assert bench.complaints() == []
    bench.crash(Random(1))
    assert bench.complaints() == []


def test_idle_extents_go_clean_on_a_full_disk() -> None:
    """A disk below its reserve does not keep extents from going clean."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)
    bench.shop.free_bytes = -1
    bench.shop.clock.advance(1)
    bench.resize(inode, 100)
    bench.idle()
    assert states(bench) == [ExtentState.CLEAN]


def test_write_that_fails_leaves_no_extent() -> None:
    """Whoever writes where nothing can be written does not fill the tables."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB))
    bench.disk.room = 0
    for number in range(3, 9):
        with pytest.raises(FsError):
            bench.write(inode, number * EXTENT_BYTES, b"x")
    bench.disk.room = None
    bench.idle()
    assert states(bench) == [ExtentState.CLEAN]
    assert writing(bench) == []
    assert bench.complaints() == []
    bench.write(inode, 5 * EXTENT_BYTES, b"x")
    bench.idle()
    assert states(bench) == [ExtentState.CLEAN] * 2
    assert bench.complaints() == []


def test_write_to_a_clean_extent_opens_it_again() -> None:
    """A write to a clean extent first says so in the tables."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB))
    bench.idle()
    bench.write(inode, 100, b"x")
    assert states(bench) == [ExtentState.WRITING]
    assert len(writing(bench)) == 1
    bench.idle()
    assert states(bench) == [ExtentState.CLEAN]
    assert bench.complaints() == []


def test_writes_wait_while_an_extent_goes_clean() -> None:
    """A write that comes while the checksum is computed is held until that is done."""
    for seed in range(20):
        bench = Bench(held=True)
        random = Random(seed)
        inode = bench.create()
        bench.write(inode, 0, b"a" * MIB, SYNC)
        bench.shop.clock.advance(100)
        with bench.shop.turn:
            bench.shop.timers.run()
        for _ in range(random.randrange(6)):
            bench.pump_one(random)
        write = bench.begin(bench.bytes.write(ROOT, inode, 5, b"b", SYNC, None))
        bench.pump(random)
        assert write.done
        assert bench.complaints() == []
        bench.idle()
        bench.idle()
        assert states(bench) == [ExtentState.CLEAN]
        assert bench.complaints() == []


@pytest.mark.parametrize("size", [0, 5000])
def test_cut_while_an_extent_goes_clean(size: int) -> None:
    """A truncation or removal between checksum and record leaves no wrong checksum."""
    for seed in range(40):
        bench = Bench(held=True)
        random = Random(seed)
        inode = bench.create()
        bench.write(inode, 0, b"a" * MIB, SYNC)
        bench.shop.clock.advance(100)
        with bench.shop.turn:
            bench.shop.timers.run()
        for _ in range(random.randrange(6)):
            bench.pump_one(random)
        cut = bench.begin(bench.resizing(inode, size) if seed % 2 else bench.removing())
        bench.pump(random)
        assert cut.done
        bench.idle()
        bench.idle()
        assert bench.complaints() == []


def test_restart_finds_the_extents_being_written() -> None:
    """After a crash, extents that were being written go clean like others."""
    for power in (None, Random(1)):
        bench = Bench()
        inode = bench.create()
        bench.write(inode, 0, b"a" * MIB)
        bench.crash(power)
        assert states(bench) == [ExtentState.WRITING]
        bench.idle()
        assert states(bench) == [ExtentState.CLEAN]
        assert writing(bench) == []
        # What the first process had not synced must be durable, or the checksum is a lie.
        bench.crash(Random(2))
        assert bench.complaints() == []


def test_bytes_beyond_the_size_do_not_survive_a_restart() -> None:
    """Bytes of a write that was never made visible do not come to light when the file grows."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * 5000, SYNC)
    bench.begin(bench.bytes.write(ROOT, inode, 5000, b"b" * 5000, SYNC, None))
    bench.crash()
    assert bench.size(inode) == 5000
    bench.resize(inode, 10000)
    assert bench.read(inode) == b"a" * 5000 + bytes(5000)


@pytest.mark.parametrize("cached", [True, False])
def test_lost_data_file_is_an_error(cached: bool) -> None:
    """A data file that is missing is an error, not a file of zeros; holes in it stay zeros."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, EXTENT_BYTES, b"a" * MIB)
    bench.idle()
    bench.crash()
    bench.disk.cached = cached
    bench.disk.names_now.clear()
    with pytest.raises(FsError) as raised:
        bench.read(inode, EXTENT_BYTES, 10)
    assert raised.value.code is FsCode.IO
    assert bench.read(inode, 0, 10) == bytes(10)
    assert bench.complaints() != []
    with pytest.raises(FsError):
        bench.write(inode, EXTENT_BYTES, b"b")


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("count", [10, MIB])
def test_short_data_file_is_an_error(count: int, cached: bool) -> None:
    """A data file that lost its end is an error where bytes are lost, and nowhere else."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    bench.idle()
    bench.resize(inode, 2 * MIB)
    bench.disk.cached = cached
    assert bench.read(inode, MIB, count) == bytes(count)
    bench.disk.cut(bench.bytes.files.open(inode).fd, MIB - 1)
    with pytest.raises(FsError) as raised:
        bench.read(inode, MIB - 5, count)
    assert raised.value.code is FsCode.IO
    assert bench.read(inode, 0, 1000) == b"a" * 1000
    assert bench.read(inode, MIB, count) == bytes(count)
    assert bench.complaints() != []


def test_clean_extent_stays_clean_when_the_file_grows_further_on() -> None:
    """A clean extent that ended with the file still matches when a later one is written."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    bench.idle()
    bench.write(inode, 2 * EXTENT_BYTES, b"b")
    assert bench.complaints() == []
    assert bench.read(inode, MIB - 1, 3) == b"a\0\0"


def test_flipped_bit_is_found_by_the_check() -> None:
    """A check tells of a clean extent whose bytes have changed."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    bench.idle()
    assert bench.complaints() == []
    bench.disk.write(bench.bytes.files.open(inode).fd, b"b", 12345)
    assert len(bench.complaints()) == 1


def test_unknown_data_file_is_found_by_the_check() -> None:
    """A check tells of a data file that belongs to no file."""
    bench = Bench()
    bench.bytes.files.create(77, b"x")
    assert len(bench.complaints()) == 1


def test_number_of_open_extents_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond a bound the oldest extents go clean although they are not idle."""
    monkeypatch.setattr("nfsgw.backend.brick.bytes.extents.OPEN_MAX", 4)
    bench = Bench()
    inode = bench.create()
    for number in range(7):
        bench.write(inode, number * EXTENT_BYTES, b"a" * 5000)
    bench.idle(0)
    assert states(bench) == [ExtentState.CLEAN] * 3 + [ExtentState.WRITING] * 4


def test_extent_with_a_write_in_flight_does_not_go_clean() -> None:
    """However long a write takes, its extent is not declared clean before it has ended."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * 5000, SYNC)
    write = bench.begin(bench.bytes.write(ROOT, inode, 5000, b"b" * 100, SYNC, None))
    flush = bench.threads.jobs.pop()
    bench.idle()
    assert states(bench) == [ExtentState.WRITING]
    flush()
    bench.pump()
    assert write.done
    bench.idle()
    assert states(bench) == [ExtentState.CLEAN]
    assert bench.complaints() == []


def test_stop_leaves_durable_bytes() -> None:
    """After an orderly stop everything that was written outlives a power loss."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    bench.run(bench.bytes.stop())
    bench.run(bench.brick.close())
    assert not bench.disk.open_files
    bench.crash(Random(1))
    assert bench.read(inode) == b"a" * MIB
