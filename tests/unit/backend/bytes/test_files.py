"""Data files that are opened while their disk takes its time, and who lets go of them."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from nfsgw.backend.api import Stability
from nfsgw.backend.brick.bytes.disk import LocalDisk
from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait, step
from tests.support.disks import MemoryDisk, Threads
from tests.unit.backend.bytes.bench import MIB, Bench
from tests.unit.backend.bytes.copies import FakeCopies

INODE = 7


class Scene:
    """A data file, and threads that open it when the test says so."""

    def __init__(self) -> None:
        self.disk = MemoryDisk()
        self.disk.make_directory("data")
        self.files = DataFiles(self.disk, "data")
        self.files.create(INODE, b"bytes")
        self.threads = Threads(held=True)

    async def run(self, *work: object) -> DataFile:
        """Run something in a thread."""
        found: DataFile = await self.threads.run_in_thread(*work)  # type: ignore[arg-type]
        return found

    def begin(self) -> Wait[DataFile]:
        """Begin to open the file."""
        return step(self.files.open_aside(INODE, self.run))

    @property
    def open_files(self) -> int:
        """Return how many descriptors are open."""
        return len(self.disk.open_files)


def test_open_file_is_handed_out_at_once() -> None:
    """No thread is asked for what is known."""
    scene = Scene()
    first = scene.files.open(INODE)
    assert scene.begin().result() is first
    assert first.pins == 2
    assert scene.threads.jobs == []


def test_two_who_open_a_file_share_a_descriptor() -> None:
    """Whoever comes second closes its own."""
    scene = Scene()
    one, two = scene.begin(), scene.begin()
    scene.threads.run(1)
    scene.threads.run(0)
    assert one.result() is two.result()
    assert one.result().pins == 2
    assert scene.open_files == 1


def test_file_that_is_removed_while_it_is_opened_is_not_there() -> None:
    """It may be made anew meanwhile, and the old one must not be taken for that."""
    scene = Scene()
    waits = [scene.begin(), scene.begin()]
    scene.threads.run()
    scene.files.unpin(waits[0].result())
    scene.files.forget(INODE)
    scene.threads.run()
    with pytest.raises(FileNotFoundError):
        waits[1].result()
    assert scene.open_files == 0
    again = scene.begin()
    scene.threads.run()
    assert again.result().inode == INODE


def test_file_that_cannot_be_opened_leaves_nothing() -> None:
    """The next one tries again."""
    scene = Scene()
    scene.files.remove(INODE)
    failed = scene.begin()
    scene.threads.run()
    with pytest.raises(FileNotFoundError):
        failed.result()
    scene.files.create(INODE, b"new")
    found = scene.begin()
    scene.threads.run()
    assert found.result().pins == 1


@pytest.mark.parametrize("before", [True, False])
def test_what_is_opened_too_late_is_closed(before: bool) -> None:
    """A disk that hung may answer long after the end."""
    scene = Scene()
    arrived: Wait[None] = Wait()

    async def run(*work: object) -> DataFile:
        found = await scene.run(*work)
        await arrived
        return found

    late = step(scene.files.open_aside(INODE, run))
    if before:
        scene.threads.run()
        scene.files.close()
    else:
        scene.files.close()
        scene.threads.run()
    assert scene.open_files == 0
    arrived.resolve(None)
    with pytest.raises(FsError) as raised:
        late.result()
    assert raised.value.code is FsCode.TRY_LATER


def test_failed_brick_holds_no_file() -> None:
    """Its file system may have to be unmounted: a write that fails is let go of, and its file."""
    bench = Bench(copies=FakeCopies())
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    bench.brick.lost = FsCode.UNDECIDED
    # As a primary does.
    bench.brick._failed = lambda reason: bench.bytes.close()

    def read_only(fd: int, data: bytes | memoryview, offset: int) -> int:
        raise OSError(errno.EROFS, "read-only")

    bench.disk.write = read_only  # type: ignore[method-assign]
    with pytest.raises(FsError) as raised:
        bench.write(inode, 0, b"b" * MIB, Stability.FILE_SYNC)
    assert raised.value.code is FsCode.UNDECIDED
    assert len(bench.disk.open_files) == 0


def test_fsync_that_fails_after_the_end_lets_go_of_its_file() -> None:
    """It was under way when the brick failed for another reason."""
    bench = Bench(held=True)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    flush = bench.begin(bench.bytes.commit(inode, 0, 0))
    bench.bytes.close()
    bench.disk.sync_error = OSError(errno.EIO, "broken")
    bench.pump()
    with pytest.raises(FsError):
        flush.result()
    assert len(bench.disk.open_files) == 0


def test_read_only_disk_is_no_reason_to_refuse_a_read() -> None:
    """Data files are opened to be written too; the brick fails, and another one is asked."""
    copies = FakeCopies()
    bench = Bench(copies=copies)
    inode = bench.create()
    bench.write(inode, 0, b"a" * MIB)
    bench.idle()
    bench.crash()

    def read_only(path: str) -> int:
        raise OSError(errno.EROFS, "read-only")

    bench.disk.open = read_only  # type: ignore[method-assign]
    bench.brick.lost = FsCode.UNDECIDED
    with pytest.raises(FsError) as raised:
        bench.read(inode)
    assert raised.value.code is FsCode.UNDECIDED
    assert bench.brick.failure is not None


def test_brick_that_was_moved_away_has_removed_nothing(tmp_path: Path) -> None:
    """Its tables go on where they are, so they must not hear that the file is gone."""
    root = tmp_path / "brick" / "data"
    root.mkdir(parents=True)
    files = DataFiles(LocalDisk(durable=True), str(root))
    files.create(INODE, b"bytes")
    files.remove(INODE + 1)
    (tmp_path / "brick").rename(tmp_path / "away")
    with pytest.raises(FileNotFoundError):
        files.remove(INODE)


def test_brick_that_is_moved_away_after_an_unlink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its directory was not synced: the name may come back when the power fails."""
    disk = MemoryDisk()
    disk.make_directory("data")
    files = DataFiles(disk, "data")
    for inode in (INODE, INODE + 1):
        files.create(inode, b"bytes")

    def gone(path: str) -> None:
        raise FileNotFoundError(errno.ENOENT, "no such file or directory", path)

    monkeypatch.setattr(disk, "sync_directory", gone)
    files.remove(INODE)
    monkeypatch.setattr(disk, "space", gone)
    with pytest.raises(FileNotFoundError):
        files.remove(INODE + 1)
