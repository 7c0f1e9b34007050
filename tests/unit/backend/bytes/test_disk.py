"""Data files on a real file system."""

from __future__ import annotations

import errno
import os
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest

from nfsgw.backend.api import ROOT, CreateMode, NewAttributes, Stability
from nfsgw.backend.brick import operations
from nfsgw.backend.brick.bytes.disk import LocalDisk, translated
from nfsgw.backend.brick.bytes.filebytes import FileBytes
from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.bytes.means import BytesOptions, Means
from nfsgw.errors import FsCode
from nfsgw.filerange import FileRange
from nfsgw.waiting import result_of, step
from tests.support.bricks import OpenBrick, Workshop, temporary_brick
from tests.support.disks import Threads
from tests.unit.backend.bytes.bench import DIRECTORY, MIB

T = TypeVar("T")


@pytest.fixture(params=[True, False])
def disk(request: pytest.FixtureRequest) -> LocalDisk:
    """Return a disk with real fsync, and one without."""
    return LocalDisk(durable=request.param)


def test_bytes_are_written_read_and_cut(disk: LocalDisk, tmp_path: Path) -> None:
    """Files take bytes at any offset, give them back, and can be cut."""
    path = str(tmp_path / "file")
    fd = disk.create(path)
    assert disk.write(fd, memoryview(b"hello"), 4094) == 5
    disk.sync(fd)
    assert disk.size(fd) == 4099
    assert disk.read(fd, 100, 4090) == bytes(4) + b"hello"
    assert disk.read_cached(fd, 5, 4094) in (b"hello", None)
    disk.cut(fd, 4096)
    assert disk.read(fd, 100, 4090) == bytes(4) + b"he"
    disk.close(fd)
    fd = disk.open(path)
    assert disk.size(fd) == 4096
    disk.close(fd)
    assert disk.unlink(path)
    assert not disk.unlink(path)
    with pytest.raises(FileNotFoundError):
        disk.open(path)


def test_reading_what_is_not_cached_does_not_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the kernel would have to wait, a cached read says so, and never gives half of it."""
    disk = LocalDisk(durable=True)
    fd = disk.create(str(tmp_path / "file"))
    disk.write(fd, b"x" * 10000, 0)

    def half(fd: int, buffers: list[bytearray], offset: int, flags: int) -> int:
        assert flags & os.RWF_NOWAIT
        return min(4096, max(0, 10000 - offset), len(buffers[0]))

    monkeypatch.setattr(os, "preadv", half)
    assert disk.read_cached(fd, 8000, 0) is None
    assert disk.read_cached(fd, 8000, 8000) == bytes(2000)
    assert disk.read_cached(fd, 8000, 20000) == b""

    def none(fd: int, buffers: list[bytearray], offset: int, flags: int) -> int:
        raise BlockingIOError

    monkeypatch.setattr(os, "preadv", none)
    assert disk.read_cached(fd, 10, 0) is None
    disk.close(fd)


def test_directories(disk: LocalDisk, tmp_path: Path) -> None:
    """Directories are made once, synced, and listed in order."""
    path = str(tmp_path / "directory")
    assert disk.make_directory(path)
    assert not disk.make_directory(path)
    disk.sync_directory(path)
    for name in "cab":
        disk.close(disk.create(f"{path}/{name}"))
    assert disk.names(path) == ["a", "b", "c"]
    assert disk.names(path + "/none") == []


def test_room_is_that_of_the_file_system(disk: LocalDisk, tmp_path: Path) -> None:
    """The numbers for FSSTAT are those of ``df``."""
    space = disk.space(str(tmp_path))
    found = os.statvfs(tmp_path)
    assert space.bytes_total == found.f_blocks * found.f_frsize
    assert 0 < space.bytes_available <= space.bytes_free <= space.bytes_total


def test_links_are_not_followed(disk: LocalDisk, tmp_path: Path) -> None:
    """A symbolic link in the place of a data file is refused, not followed."""
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(OSError):
        disk.open(str(tmp_path / "link"))
    with pytest.raises(OSError):
        disk.create(str(tmp_path / "link"))


def test_errors_of_the_system_have_names() -> None:
    """A full disk and a quota keep their names; what is unknown is an input/output error."""
    for number, code in (
        (errno.ENOSPC, FsCode.NOSPC),
        (errno.EDQUOT, FsCode.DQUOT),
        (errno.EFBIG, FsCode.FBIG),
        (errno.EROFS, FsCode.ROFS),
        (errno.EIO, FsCode.IO),
        (errno.EMFILE, FsCode.TRY_LATER),
    ):
        assert translated(OSError(number, "")).code is code


def test_data_files_lie_in_two_levels(disk: LocalDisk, tmp_path: Path) -> None:
    """Files born together lie together, and all are found again by number."""
    files = DataFiles(disk, str(tmp_path))
    numbers = [1, 4095, 4096, 1 << 20, 5 << 48 | 7]
    for number in numbers:
        files.create(number, b"x")
    assert files.directory(1) == files.directory(4095)
    assert (tmp_path / "00" / "01" / "0000000000001000").read_bytes() == b"x"
    assert sorted(files.inodes()) == sorted(numbers)
    (tmp_path / "00" / "00" / "stray").touch()
    (tmp_path / "stray").touch()
    assert sorted(files.inodes()) == sorted(numbers)
    files.remove(4096)
    files.remove(4096)
    assert 4096 not in list(files.inodes())


def test_descriptors_are_bounded(disk: LocalDisk, tmp_path: Path) -> None:
    """The least recently used descriptors close; pinned ones stay."""
    files = DataFiles(disk, str(tmp_path), descriptors_max=2)
    for number in range(1, 6):
        files.create(number, b"%d" % number)
    before = len(os.listdir("/proc/self/fd"))
    kept = files.open(1)
    for number in range(2, 6):
        files.unpin(files.open(number))
    assert len(os.listdir("/proc/self/fd")) == before + 2
    assert disk.read(kept.fd, 1, 0) == b"1"
    files.close()
    assert disk.read(kept.fd, 1, 0) == b"1"
    files.unpin(kept)
    assert len(os.listdir("/proc/self/fd")) == before


def _open(path: Path, shop: Workshop, durable: bool) -> tuple[OpenBrick, FileBytes]:
    opened = temporary_brick(path, shop, "durable" if durable else "none")
    means = Means(
        opened.brick,
        LocalDisk(durable),
        Threads().run_in_thread,
        shop.clock,
        shop.timers.call_later,
        BytesOptions(durable=durable, reserve_bytes=0),
    )
    files = FileBytes(means, str(path / "data"))
    result_of(files.start())
    return opened, files


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("count", [3000, MIB + 1])
def test_whole_brick(tmp_path: Path, durable: bool, count: int) -> None:
    """On a real brick a file is written, read, cut, kept over a restart, and removed."""
    shop = Workshop()

    def do(coroutine: Coroutine[Any, Any, T]) -> T:
        with shop.turn:
            wait = step(coroutine)
        return wait.result()

    opened, files = _open(tmp_path / "brick", shop, durable)
    data = os.urandom(count)  # noqa: TID251 - any bytes will do
    new = NewAttributes()
    guarded = CreateMode.GUARDED
    inode = do(files.change(operations.create, ROOT, DIRECTORY, b"name", guarded, new, None)).inode
    do(files.write(ROOT, inode, 0, data, Stability.UNSTABLE, None))
    do(files.commit(inode, 0, 0))
    found = do(files.read(ROOT, inode, 0, 2 * MIB))
    assert found.eof
    if isinstance(found.data, FileRange):
        assert os.pread(found.data.fd, 2 * MIB, found.data.offset) == data
        found.data.release()
    else:
        assert found.data == data
    do(files.stop())
    do(opened.close())
    opened, files = _open(tmp_path / "brick", shop, durable)
    assert do(files.read(ROOT, inode, 5, 100)).data == data[5:105]
    do(files.change(operations.setattr, ROOT, inode, NewAttributes(size=10)))
    assert do(files.read(ROOT, inode, 5, 100)).data == data[5:10]
    do(files.change(operations.remove, ROOT, DIRECTORY, b"name", frees=True))
    do(files.stop())
    do(opened.close())
    assert [path for path in (tmp_path / "brick" / "data").rglob("*") if path.is_file()] == []
