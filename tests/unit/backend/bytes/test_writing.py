"""WRITE and COMMIT."""

from __future__ import annotations

import errno
from random import Random

import pytest

from nfsgw.backend.api import ROOT, Credentials, Stability
from nfsgw.backend.brick.keys import extent_key, inode_key
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.backend.brick.view import Table
from nfsgw.errors import FsCode, FsError
from tests.unit.backend.bytes.bench import DIRECTORY, MIB, Bench

KIB = 1 << 10
REQUEST = b"client--" + bytes(20)
SYNC = Stability.FILE_SYNC


@pytest.mark.parametrize("stability", list(Stability))
@pytest.mark.parametrize("count", [1, 4 * KIB, 4 * KIB + 1, MIB])
def test_written_bytes_are_read_back(stability: Stability, count: int) -> None:
    """What is written, small or large, stable or not, is what is read."""
    bench = Bench()
    inode = bench.create()
    data = Random(1).randbytes(count)
    written = bench.write(inode, 0, data, stability)
    assert written.written == count
    assert written.stability == (SYNC if stability else Stability.UNSTABLE)
    assert bench.read(inode) == data
    assert bench.size(inode) == count
    assert bench.complaints() == []


def test_small_file_has_no_data_file() -> None:
    """A small file lives in the tables alone."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 100, b"x" * 100)
    bench.write(inode, 0, b"y" * 50)
    bench.commit(inode)
    assert bench.read(inode) == b"y" * 50 + bytes(50) + b"x" * 100
    assert not bench.disk.names_now


def test_small_file_grows_into_data_file() -> None:
    """A small file that grows beyond the threshold keeps its bytes, and leaves the tables."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"small", SYNC)
    bench.write(inode, 5000, b"large", SYNC)
    assert bench.read(inode) == b"small" + bytes(4995) + b"large"
    assert bench.store.tables[Table.INLINE] == {}
    assert bench.store.tables[Table.TRIM] == {}
    assert bench.complaints() == []


def test_sparse_file_reads_zeros_in_its_holes() -> None:
    """What was never written reads as zeros, and is not stored."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"start")
    bench.write(inode, 100 * MIB, b"end")
    assert bench.read(inode, 50 * MIB, 10) == bytes(10)
    assert bench.read(inode, 100 * MIB - 2, 10) == b"\0\0end"
    bench.resize(inode, 200 * MIB)
    assert bench.read(inode, 150 * MIB, 10) == bytes(10)
    assert bench.read(inode, 100 * MIB, 10) == b"end" + bytes(7)
    assert len(bench.store.tables[Table.EXTENT]) == 2


def test_grown_small_file_stays_in_the_tables() -> None:
    """Setting a huge size needs no data file; the bytes stay, followed by zeros."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"abc")
    bench.resize(inode, 1 << 40)
    assert bench.read(inode, 0, 6) == b"abc\0\0\0"
    assert bench.read(inode, (1 << 40) - 3, 100) == bytes(3)
    bench.write(inode, 3, b"def")
    assert bench.read(inode, 0, 7) == b"abcdef\0"
    assert not bench.disk.names_now


def test_unstable_write_waits_for_nothing() -> None:
    """UNSTABLE is answered without a commit and without an fsync, small or large."""
    bench = Bench(held=True)
    small, large = bench.create(b"small"), bench.create(b"large")
    bench.write(large, 0, bytes(MIB), SYNC)
    syncs, commits = bench.disk.syncs, bench.store.commits
    for inode in (small, large):
        assert bench.begin(
            bench.bytes.write(ROOT, inode, 10, b"now", Stability.UNSTABLE, None)
        ).done
    assert (bench.disk.syncs, bench.store.commits) == (syncs, commits)


@pytest.mark.parametrize("count", [100, MIB])
def test_stable_write_survives_power_loss(count: int) -> None:
    """A FILE_SYNC write that was answered is there after a power loss."""
    for seed in range(20):
        bench = Bench(held=True)
        inode = bench.create()
        data = Random(seed).randbytes(count)
        bench.write(inode, 7, data, SYNC)
        bench.crash(Random(seed))
        assert bench.read(inode) == bytes(7) + data


@pytest.mark.parametrize("count", [100, MIB])
def test_committed_write_survives_power_loss(count: int) -> None:
    """An UNSTABLE write is there after a power loss if a COMMIT was answered since."""
    for seed in range(20):
        bench = Bench(held=True)
        inode = bench.create()
        data = Random(seed).randbytes(count)
        written = bench.write(inode, 0, data)
        assert bench.commit(inode) == written.verifier
        bench.crash(Random(seed))
        assert bench.read(inode) == data


def test_restart_changes_the_verifier() -> None:
    """After a restart the client is told to write again what it has not committed."""
    bench = Bench()
    inode = bench.create()
    before = bench.write(inode, 0, b"x").verifier
    bench.crash()
    assert bench.commit(inode) != before


def test_failed_fsync_fails_the_brick() -> None:
    """After a failed fsync nothing is confirmed any more, and the verifier differs."""
    bench = Bench()
    inode = bench.create()
    before = bench.write(inode, 0, bytes(MIB)).verifier
    bench.disk.sync_error = OSError(errno.EIO, "broken")
    for _ in range(2):
        with pytest.raises(FsError) as raised:
            bench.commit(inode)
        assert raised.value.code is FsCode.IO
        bench.disk.sync_error = None
    assert bench.brick.verifier != before
    with pytest.raises(FsError):
        bench.write(inode, 0, b"x")


def test_commit_covers_bytes_written_while_a_flush_is_under_way() -> None:
    """A COMMIT does not rely on an fsync that began before the bytes were written."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)
    bench.write(inode, 0, b"first")
    first = bench.begin(bench.bytes.commit(inode, 0, 0))
    bench.write(inode, 5, b"second")
    second = bench.begin(bench.bytes.commit(inode, 0, 0))
    syncs = bench.disk.syncs
    bench.pump()
    assert first.done and second.done
    assert bench.disk.syncs == syncs + 2


def test_commits_at_the_same_time_share_one_fsync() -> None:
    """Several COMMITs of the same bytes cost one fsync."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)
    bench.write(inode, 0, b"first")
    syncs = bench.disk.syncs
    commits = [bench.begin(bench.bytes.commit(inode, 0, 0)) for _ in range(5)]
    bench.pump()
    assert all(commit.done for commit in commits)
    assert bench.disk.syncs == syncs + 1


@pytest.mark.parametrize("count", [100, MIB])
def test_repeated_request_writes_nothing(count: int) -> None:
    """A retransmitted WRITE gets its first answer and does not undo a later write."""
    bench = Bench()
    inode = bench.create()
    first = bench.write(inode, 0, b"a" * count, SYNC, REQUEST)
    bench.write(inode, 0, b"b" * count, SYNC)
    assert bench.write(inode, 0, b"a" * count, SYNC, REQUEST) == first
    assert bench.read(inode) == b"b" * count
    bench.crash()
    assert bench.write(inode, 0, b"a" * count, SYNC, REQUEST) == first
    assert bench.read(inode) == b"b" * count


def test_write_of_nothing_changes_nothing() -> None:
    """A WRITE of no bytes succeeds, and leaves size and times as they are."""
    bench = Bench()
    inode = bench.create()
    before = bench.store.tables[Table.INODE][inode_key(inode)]
    written = bench.write(inode, 10, b"", SYNC)
    assert (written.written, written.attributes) == (0, before[:84])
    assert bench.size(inode) == 0


def test_errors_of_write() -> None:
    """Directories, gone files, foreign files and absurd offsets are refused, each by its name."""
    bench = Bench()
    inode = bench.create()
    stranger = Credentials(1000, 1000)
    last = (1 << 63) - 1

    def code(credentials: Credentials, inode: int, offset: int) -> FsCode:
        with pytest.raises(FsError) as raised:
            bench.run(bench.bytes.write(credentials, inode, offset, b"x", SYNC, None))
        return raised.value.code

    assert code(ROOT, DIRECTORY, 0) is FsCode.ISDIR
    assert code(ROOT, 0xDEAD, 0) is FsCode.STALE
    assert code(stranger, inode, 0) is FsCode.ACCES
    assert code(ROOT, inode, last) is FsCode.FBIG
    assert code(ROOT, inode, (1 << 64) - 1) is FsCode.FBIG
    with pytest.raises(FsError) as raised:
        bench.run(bench.bytes.commit(DIRECTORY, 0, 0))
    assert raised.value.code is FsCode.ISDIR


def test_write_at_the_largest_offset() -> None:
    """The last byte that a file can have can be written and read."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, (1 << 63) - 2, b"z")
    assert bench.read(inode, (1 << 63) - 3, 10) == b"\0z"


def test_disk_that_fills_during_a_write_leaves_the_size() -> None:
    """A write that fails half-way answers NOSPC; its bytes never come to light."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"a" * 5000, SYNC)
    bench.disk.room = 3000
    with pytest.raises(FsError) as raised:
        bench.write(inode, 5000, b"b" * 5000, SYNC)
    assert raised.value.code is FsCode.NOSPC
    assert raised.value.attributes is not None and raised.value.before is not None
    bench.disk.room = None
    assert bench.size(inode) == 5000
    bench.resize(inode, 10000)
    assert bench.read(inode) == b"a" * 5000 + bytes(5000)


def test_disk_that_fills_before_the_data_file_is_made() -> None:
    """If a data file cannot be made, the small file stays as it was, and nothing is left over."""
    bench = Bench()
    inode = bench.create()
    bench.write(inode, 0, b"small", SYNC)
    bench.disk.room = 0
    with pytest.raises(FsError) as raised:
        bench.write(inode, 0, b"b" * 5000, SYNC)
    assert raised.value.code is FsCode.NOSPC
    bench.disk.room = None
    bench.pump()
    assert bench.read(inode) == b"small"
    assert bench.store.tables[Table.TRIM] == {}
    assert bench.complaints() == []
    bench.write(inode, 0, b"c" * 5000, SYNC)
    assert bench.read(inode) == b"c" * 5000


def test_reserve_refuses_before_anything_happens() -> None:
    """Below the reserve a write is refused without a byte written."""
    bench = Bench(reserve_bytes=1 << 41)
    inode = bench.create()
    for count in (10, MIB):
        with pytest.raises(FsError) as raised:
            bench.write(inode, 0, bytes(count))
        assert raised.value.code is FsCode.NOSPC
    assert bench.disk.writes == 0


def test_refusal_shows_nothing_that_a_crash_could_take_back() -> None:
    """A WRITE without room is answered when the attributes in its answer are committed."""
    bench = Bench(held=True, reserve_bytes=1 << 41)
    inode = bench.create()
    resized = bench.begin(bench.resizing(inode, 100))
    write = bench.begin(bench.bytes.write(ROOT, inode, 0, b"x", Stability.UNSTABLE, None))
    assert not write.done
    bench.pump()
    assert resized.done
    with pytest.raises(FsError) as raised:
        write.result()
    assert raised.value.code is FsCode.NOSPC
    assert raised.value.attributes is not None
    assert int.from_bytes(raised.value.attributes[20:28], "big") == 100


def test_commit_does_not_tell_of_an_uncommitted_removal() -> None:
    """A COMMIT says STALE when the removal is durable, not before."""
    bench = Bench(held=True)
    inode = bench.create()
    removal = bench.begin(bench.removing())
    commit = bench.begin(bench.bytes.commit(inode, 0, 0))
    assert not commit.done
    bench.pump()
    assert removal.done
    with pytest.raises(FsError) as raised:
        commit.result()
    assert raised.value.code is FsCode.STALE


def test_first_byte_waits_for_the_extent_record() -> None:
    """No byte reaches an extent before "being written" is committed."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, bytes(MIB), SYNC)
    writes = bench.disk.writes
    wait = bench.begin(
        bench.bytes.write(ROOT, inode, EXTENT_BYTES - 1, b"xy", Stability.UNSTABLE, None)
    )
    assert bench.disk.writes == writes
    while not wait.done:
        if bench.disk.writes > writes:
            assert extent_key(inode, 1) in bench.store.tables[Table.EXTENT]
        assert bench.pump_one()
    assert bench.disk.writes > writes


def test_buffer_may_change_while_a_write_waits() -> None:
    """A write that has to wait keeps its bytes, whatever becomes of the caller's buffer."""
    bench = Bench(held=True)
    inode = bench.create()
    buffer = bytearray(b"a" * 5000)
    wait = bench.begin(
        bench.bytes.write(ROOT, inode, 0, memoryview(buffer), Stability.UNSTABLE, None)
    )
    assert [wait.done] == [False]
    buffer[:] = b"b" * 5000
    bench.pump()
    assert [wait.done] == [True]
    assert bench.read(inode) == b"a" * 5000


def test_writes_at_the_same_time_to_a_new_file() -> None:
    """Many writes to a file that has no data file yet, in any order of events, all arrive."""
    for seed in range(20):
        bench = Bench(held=True)
        random = Random(seed)
        inode = bench.create()
        bench.write(inode, 0, b"inline")
        waits = [
            bench.begin(
                bench.bytes.write(
                    ROOT, inode, 3000 * i, bytes([i]) * 3000, random.choice(list(Stability)), None
                )
            )
            for i in range(8)
        ]
        bench.pump(random)
        assert all(wait.done for wait in waits)
        for wait in waits:
            wait.result()
        assert bench.read(inode) == b"".join(bytes([i]) * 3000 for i in range(8))


def test_write_to_a_removed_file_is_stale() -> None:
    """Removed while its data file was being made: the write is STALE, and no file stays behind."""
    bench = Bench(held=True)
    inode = bench.create()
    wait = bench.begin(bench.bytes.write(ROOT, inode, 0, bytes(5000), SYNC, None))
    removal = bench.begin(bench.removing())
    bench.pump()
    assert removal.done and wait.done
    with pytest.raises(FsError) as raised:
        wait.result()
    assert raised.value.code is FsCode.STALE
    assert not bench.disk.names_now
    assert bench.store.tables[Table.TRIM] == {}


def test_new_data_file_after_a_cut_during_a_flush() -> None:
    """A flush of a data file that is being removed says nothing about the one that follows it."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * 5000, SYNC)
    bench.write(inode, 0, b"b" * 5000)
    commit = bench.begin(bench.bytes.commit(inode, 0, 0))
    flush = bench.threads.jobs.pop()
    bench.resize(inode, 0)
    bench.pump()
    bench.write(inode, 0, b"c" * 5000)
    late = bench.begin(bench.bytes.commit(inode, 0, 0))
    bench.pump()
    flush()
    bench.pump()
    assert [commit.done, late.done] == [True, True]
    bench.crash(Random(1))
    assert bench.read(inode) == b"c" * 5000


def test_number_of_dirty_files_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that never commit do not use up the descriptors."""
    monkeypatch.setattr("nfsgw.backend.brick.bytes.flushing.DIRTY_MAX", 3)
    bench = Bench(descriptors_max=2)
    for index in range(10):
        inode = bench.create(b"file%d" % index)
        bench.write(inode, 0, b"a" * 5000)
        assert len(bench.disk.open_files) <= 3 + 2 + 1
