"""Disks: what they say, and that one which never answers holds nobody up."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nfsgw.service import disks
from nfsgw.service.disks import detail, mounted_at, room
from nfsgw.service.diskthreads import LOOK_S, DiskHangs, DiskThreads, begin_thread
from nfsgw.turn import Turn
from nfsgw.waiting import Wait, step
from tests.support.bricks import Timers

HERE = Path("/disk")


class Rig:
    """Disk threads whose threads run when the test says so."""

    def __init__(self) -> None:
        self.timers = Timers()
        self.threads: list[Callable[[], None]] = []
        self.disks = DiskThreads(
            self.timers.call_later,
            lambda function, *args: function(*args),
            Turn(lambda work: None),
            self.threads.append,
        )

    def look(self, path: Path = HERE, value: object = "seen") -> Wait[Any]:
        """Begin a look that finds ``value``, or raises it."""

        def find() -> object:
            if isinstance(value, Exception):
                raise value
            return value

        return step(self.disks.look(path, find))

    def answer(self) -> None:
        """Let the oldest thread end."""
        self.threads.pop(0)()


@pytest.fixture
def rig() -> Rig:
    """Give disk threads."""
    return Rig()


def test_result_and_error_come_back(rig: Rig) -> None:
    """What the thread found or raised reaches whoever asked."""
    good, bad = rig.look(), rig.look(Path("/other"), ValueError("odd"))
    assert not good.done
    rig.answer()
    rig.answer()
    assert good.result() == "seen"
    with pytest.raises(ValueError, match="odd"):
        bad.result()
    assert [timer.function for _, timer in rig.timers.waiting] == [None, None]


def test_hanging_disk_is_reported_and_left_alone(rig: Rig) -> None:
    """A disk that hangs gets one thread, and everybody who asks later an answer at once."""
    first = rig.look()
    assert [delay for delay, _ in rig.timers.waiting] == [LOOK_S]
    rig.timers.run()
    with pytest.raises(DiskHangs, match="/disk does not answer"):
        first.result()
    again = rig.look()
    with pytest.raises(DiskHangs):
        again.result()
    assert len(rig.threads) == 1
    other = rig.look(Path("/other"))
    rig.threads.pop()()
    assert other.result() == "seen"
    rig.answer()
    healthy = rig.look()
    rig.answer()
    assert healthy.result() == "seen"


def test_looks_at_one_disk_follow_each_other(rig: Rig) -> None:
    """Two who ask at once are both answered, one thread after the other."""
    waits = [rig.look(value=number) for number in range(3)]
    assert len(rig.threads) == 1
    for number, wait in enumerate(waits):
        rig.answer()
        assert wait.result() == number
    assert rig.threads == []


def test_real_threads_end_with_the_process() -> None:
    """A thread that hangs must not keep the daemon from ending."""
    ran = threading.Event()
    daemonic: list[bool] = []

    def work() -> None:
        daemonic.append(threading.current_thread().daemon)
        ran.set()

    begin_thread(work)
    assert ran.wait(10)
    assert daemonic == [True]


def test_room_and_file_system(tmp_path: Path) -> None:
    """A directory's disk is named, with its room and inodes."""
    found = detail(tmp_path)
    assert 0 < found["space"]["free"] <= found["space"]["total"]
    assert found["inodes"]["free"] <= found["inodes"]["total"]
    partition = mounted_at(tmp_path)
    assert (found["device"], found["file_system"]) == (partition.device, partition.fstype)
    assert "rw" in found["mount_options"].split(",")


def test_absent_directory(tmp_path: Path) -> None:
    """A brick that is not there has no room, but a reason."""
    assert room(tmp_path / "gone") == {"error": "No such file or directory"}
    assert detail(tmp_path / "gone") == {"error": "No such file or directory"}


class Partition:
    """A mounted file system."""

    def __init__(self, mountpoint: str, fstype: str = "ext4", device: str = "none") -> None:
        self.mountpoint = mountpoint
        self.fstype = fstype
        self.device = device
        self.opts = "rw"


def test_innermost_mount_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all mounts above a directory the nearest one is its file system."""
    mounts = [Partition(point) for point in ("/", "/srv", "/srv/we", "/srv/web", "/srv/web2")]
    monkeypatch.setattr("psutil.disk_partitions", lambda all: mounts)
    monkeypatch.setattr("os.path.realpath", str)
    for path, point in (("/srv/web", "/srv/web"), ("/srv/x/y", "/srv"), ("/else", "/")):
        assert mounted_at(Path(path)).mountpoint == point


def ext4() -> bytes:
    """Return the beginning of an ext4 file system with inodes of 256 bytes."""
    block = bytearray(2048)
    struct.pack_into("<H", block, 1024 + 0x38, 0xEF53)
    struct.pack_into("<H", block, 1024 + 0x58, 256)
    return bytes(block)


def xfs() -> bytes:
    """Return the beginning of an XFS with inodes of 512 bytes."""
    block = bytearray(2048)
    block[:4] = b"XFSB"
    struct.pack_into(">H", block, 104, 512)
    return bytes(block)


@pytest.mark.parametrize(
    ("kind", "block", "size"),
    [
        ("ext4", ext4(), 256),
        ("xfs", xfs(), 512),
        ("ext4", xfs(), None),
        ("xfs", ext4(), None),
        ("ext4", b"short", None),
        ("btrfs", ext4(), None),
    ],
)
def test_inode_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, block: bytes, size: int | None
) -> None:
    """The size of an inode is read from the superblock, where it is what it should be."""
    device = tmp_path / "device"
    device.write_bytes(block)
    monkeypatch.setattr(disks, "_DEVICES", str(tmp_path))
    monkeypatch.setattr(disks, "mounted_at", lambda path: Partition("/", kind, str(device)))
    assert detail(tmp_path)["inode_size"] == size
