"""READ."""

from __future__ import annotations

from random import Random

import pytest

from nfsgw.backend.api import ROOT, Credentials, NewAttributes, Stability
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.records import extents_named
from nfsgw.backend.brick.schema import EXTENT_BYTES, ExtentState
from nfsgw.errors import FsCode, FsError
from nfsgw.filerange import FileRange
from tests.unit.backend.bytes.bench import DIRECTORY, MIB, Bench

SYNC = Stability.FILE_SYNC
KIB = 1 << 10


@pytest.mark.parametrize("count", [5, 5000])
def test_end_of_file(count: int) -> None:
    """A read that reaches the end says so; one that ends before it does not."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"x" * count)
    for offset, asked, got, eof in (
        (0, count, count, True),
        (0, count + 1, count, True),
        (0, count - 1, count - 1, False),
        (count, 1, 0, True),
        (count + 10, 1, 0, True),
        (1 << 62, 1, 0, True),
        (0, 0, 0, False),
        (count, 0, 0, True),
    ):
        found = bench.run(bench.bytes.read(ROOT, inode, offset, asked))
        assert (len(found.data), found.eof) == (got, eof), (offset, asked)


def test_errors_of_read() -> None:
    """Directories, gone files and foreign files are refused, each by its name."""
    bench = Bench()
    inode = bench.create()
    bench.run(bench.brick.change(operations.setattr, ROOT, inode, NewAttributes(mode=0o600)))
    for credentials, number, code in (
        (ROOT, DIRECTORY, FsCode.ISDIR),
        (ROOT, 0xDEAD, FsCode.STALE),
        (Credentials(1000, 1000), inode, FsCode.ACCES),
    ):
        with pytest.raises(FsError) as raised:
            bench.run(bench.bytes.read(credentials, number, 0, 10))
        assert raised.value.code is code


def test_large_read_is_a_range_of_the_file() -> None:
    """A large read that is cached leaves by sendfile; the file stays open until it is sent."""
    bench = Bench(descriptors_max=1)
    inode = bench.create()
    bench.write(inode, 0, b"x" * MIB, SYNC)
    found = bench.run(bench.bytes.read(ROOT, inode, 100, 64 * KIB))
    assert isinstance(found.data, FileRange)
    assert (found.data.offset, found.data.length) == (100, 64 * KIB)
    for index in range(3):
        other = bench.create(b"other%d" % index)
        bench.write(other, 0, b"x" * MIB, SYNC)
    assert found.data.fd in bench.disk.open_files
    found.data.release()
    found.data.release()
    another = bench.create(b"another")
    bench.write(another, 0, b"x" * MIB, SYNC)
    assert found.data.fd not in bench.disk.open_files


def test_small_read_is_copied() -> None:
    """A small read is answered with bytes."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"x" * MIB, SYNC)
    assert isinstance(bench.run(bench.bytes.read(ROOT, inode, 0, 8 * KIB)).data, bytes)


def test_ranges_can_be_switched_off() -> None:
    """Where replies cannot carry ranges, large reads are copied."""
    bench = Bench(ranges=False)
    inode = bench.create()
    bench.write(inode, 0, b"x" * MIB, SYNC)
    assert bench.run(bench.bytes.read(ROOT, inode, 0, MIB)).data == b"x" * MIB


@pytest.mark.parametrize("count", [10, MIB])
def test_read_that_needs_the_disk_waits_in_a_thread(count: int) -> None:
    """What is not cached is read in a thread, and nothing else waits for it."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"x" * MIB, SYNC)
    bench.disk.cached = False
    wait = bench.begin(bench.bytes.read(ROOT, inode, 0, count))
    assert not wait.done
    assert len(bench.threads.jobs) == 1
    bench.pump()
    assert bench.take(wait.result().data) == b"x" * count


def test_large_reads_from_the_disk_hold_no_memory() -> None:
    """A client that asks for very much and takes no answers does not fill the memory."""
    bench = Bench(held=True)
    inode = bench.create()
    data = Random(1).randbytes(MIB)
    bench.write(inode, 0, data, SYNC)
    bench.disk.cached = False
    reads = [bench.begin(bench.bytes.read(ROOT, inode, 0, MIB)) for _ in range(100)]
    bench.pump()
    bench.disk.cached = True
    for read in reads:
        found = read.result().data
        assert isinstance(found, FileRange)
        assert bench.take(found) == data
    bench.remove()
    assert not bench.disk.open_files


def test_stable_write_that_begins_while_a_thread_reads() -> None:
    """A read from the disk that a FILE_SYNC write overtakes shows it when it is durable."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    bench.disk.cached = False
    read = bench.begin(bench.bytes.read(ROOT, inode, 0, MIB))
    write = bench.begin(bench.bytes.write(ROOT, inode, 0, b"b", SYNC, None))
    while not write.done:
        assert not read.done
        bench.pump_one()
    bench.pump()
    assert bench.take(read.result().data) == b"b" + b"a" * (MIB - 1)
    bench.remove()
    bench.pump()
    assert not bench.disk.open_files


def test_read_waits_for_a_stable_write() -> None:
    """Bytes of a write that promises durability are shown only when they are durable."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    write = bench.begin(bench.bytes.write(ROOT, inode, 10, b"b", SYNC, None))
    beside = bench.begin(bench.bytes.read(ROOT, inode, 11, 10))
    wait = bench.begin(bench.bytes.read(ROOT, inode, 10, 10))
    assert [beside.done, wait.done] == [True, False]
    while not write.done:
        assert [wait.done] == [False]
        bench.pump_one()
    assert [wait.done] == [True]
    assert wait.result().data == b"b" + b"a" * 9


def test_read_does_not_wait_for_an_unstable_write() -> None:
    """Bytes of an UNSTABLE write are shown at once."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    bench.begin(bench.bytes.write(ROOT, inode, 10, b"b", Stability.UNSTABLE, None))
    wait = bench.begin(bench.bytes.read(ROOT, inode, 10, 10))
    assert wait.done


def test_read_during_a_truncation_is_consistent() -> None:
    """A read that a truncation overtakes gives what the file was before or is after."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB, SYNC)
    bench.disk.cached = False
    wait = bench.begin(bench.bytes.read(ROOT, inode, 0, MIB))
    job = bench.threads.jobs.pop()
    bench.begin(bench.resizing(inode, 10))
    bench.pump()
    job()
    bench.pump()
    found = wait.result()
    assert found.attributes[20:28] == (10).to_bytes(8, "big")
    assert found.data == b"a" * 10


def test_clean_extent_without_bytes() -> None:
    """A write that died before its bytes leaves a shorter file: what follows it are zeros."""
    bench = Bench(held=True)
    inode = bench.create()
    start = EXTENT_BYTES - 5000
    bench.write(inode, 0, bytes(start), SYNC)
    bench.begin(bench.bytes.write(ROOT, inode, start, b"x" * 40000, Stability.UNSTABLE, None))
    # The records say that both extents are being written.
    bench.pump_one()
    bench.crash()
    bench.resize(inode, EXTENT_BYTES + 1)
    bench.idle()
    (_, first), (_, second) = extents_named(bench.brick.view(), inode, 0, EXTENT_BYTES + 1)
    assert [first.state, second.state] == [ExtentState.CLEAN] * 2
    assert second.length == 0
    assert bench.read(inode) == bytes(EXTENT_BYTES + 1)


def test_access_time_follows_a_change() -> None:
    """A read sets the access time if the file was changed since, and not again after that."""
    bench = Bench(access_times=True)
    inode = bench.create()
    bench.write(inode, 0, b"x", SYNC)
    bench.shop.clock.advance(10)
    bench.read(inode)
    bench.idle(0)
    first = bench.run(bench.bytes.read(ROOT, inode, 0, 1)).attributes
    assert first[60:68] > first[68:76]
    bench.shop.clock.advance(10)
    bench.read(inode)
    bench.idle(0)
    assert bench.run(bench.bytes.read(ROOT, inode, 0, 1)).attributes[60:68] == first[60:68]
