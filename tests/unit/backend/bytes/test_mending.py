"""Bytes that a brick has lost, and a READ that gets them from another one."""

from __future__ import annotations

import errno
from random import Random
from typing import Any

import pytest

from nfsgw.backend.api import ROOT
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait
from tests.unit.backend.bytes.bench import MIB, Bench
from tests.unit.backend.bytes.copies import FakeCopies

LONG = EXTENT_BYTES + MIB


class Scene:
    """A file of two clean extents, the same on this brick and on others.

    :ivar data: what is in it.
    """

    def __init__(self, count: int = 1, held: bool = False) -> None:
        self.copies = FakeCopies(count=count)
        self.bench = Bench(held, self.copies)
        self.inode = self.bench.create()
        self.data = Random(1).randbytes(LONG)
        self.bench.write(self.inode, 0, self.data)
        self.bench.idle()
        assert [self.copies.content(self.inode, n) for n in range(count)] == [self.data] * count
        self.bench.crash()
        self.bench.pump()
        self.copies.calls.clear()

    @property
    def path(self) -> str:
        """Return the path of the data file."""
        return self.bench.bytes.files.path(self.inode)

    def lose_file(self) -> None:
        """Lose the whole data file."""
        del self.bench.disk.names_now[self.path]

    def lose_end(self, size: int) -> None:
        """Lose the end of the data file."""
        self.bench.disk.names_now[self.path].cut(size)

    def read(self, offset: int, count: int) -> bytes:
        """Read."""
        return self.bench.read(self.inode, offset, count)

    def damage(self, offset: int, brick: int = 0) -> None:
        """Change a byte on another brick."""
        assert self.copies.bricks[brick][self.inode].flip(offset, 1)

    def break_first_extent(self) -> None:
        """Let the first extent be unreadable until something is written."""
        disk, bad = self.bench.disk, [True]
        read, write = disk.read, disk.write

        def broken_read(fd: int, length: int, offset: int) -> bytes:
            if bad[0] and offset < EXTENT_BYTES:
                raise OSError(errno.EIO, "bad sector")
            return read(fd, length, offset)

        def mending_write(fd: int, data: bytes | memoryview, offset: int) -> int:
            bad[0] = False
            return write(fd, data, offset)

        disk.cached = False
        disk.read, disk.write = broken_read, mending_write  # type: ignore[method-assign]

    def begin_read(self) -> Wait[Any]:
        """Begin to read the first bytes."""
        return self.bench.begin(self.bench.bytes.read(ROOT, self.inode, 0, 10))


def code_of_read(scene: Scene, offset: int) -> FsCode:
    """Return the error of a READ."""
    with pytest.raises(FsError) as raised:
        scene.read(offset, 10)
    return raised.value.code


def test_missing_file_is_fetched_whole() -> None:
    """What was not asked for just now would look like a hole otherwise."""
    scene = Scene()
    scene.lose_file()
    assert scene.read(5, 10) == scene.data[5:15]
    assert scene.bench.disk.names_now[scene.path].read(LONG, 0) == scene.data
    assert scene.read(EXTENT_BYTES + 5, 10) == scene.data[EXTENT_BYTES + 5 : EXTENT_BYTES + 15]
    assert scene.copies.calls == ["read", "read"]
    assert scene.bench.complaints() == []


def test_what_was_fetched_is_durable() -> None:
    """It is not lost again with the machine's power."""
    scene = Scene()
    scene.lose_file()
    scene.read(0, 10)
    scene.bench.crash(Random(1))
    scene.copies.alone = True
    assert scene.read(0, LONG) == scene.data
    assert scene.bench.complaints() == []


def test_file_that_is_too_short_gets_all_that_it_lacks() -> None:
    """Extents that are whole are left alone, unless they are asked for."""
    scene = Scene()
    scene.lose_end(EXTENT_BYTES + 3)
    scene.damage(0)
    assert scene.read(EXTENT_BYTES + 5, 10) == scene.data[EXTENT_BYTES + 5 : EXTENT_BYTES + 15]
    assert scene.copies.calls == ["read"]


def test_end_of_a_file_is_fetched_though_the_range_asked_for_lies_before() -> None:
    """Only then does nobody take it for a hole."""
    scene = Scene()
    scene.lose_end(100)
    assert scene.read(95, 10) == scene.data[95:105]
    assert scene.bench.disk.names_now[scene.path].read(LONG, 0) == scene.data
    assert scene.bench.complaints() == []


def test_last_byte_of_a_file_is_fetched() -> None:
    """However little is lost."""
    scene = Scene()
    scene.lose_end(LONG - 1)
    assert scene.read(LONG - 1, 10) == scene.data[-1:]
    assert scene.copies.calls == ["read"]


def test_extent_that_cannot_be_read_is_overwritten() -> None:
    """A bad sector is an error until it is written; nothing else is fetched."""
    scene = Scene()
    scene.break_first_extent()
    assert scene.read(EXTENT_BYTES - 10, 10) == scene.data[EXTENT_BYTES - 10 : EXTENT_BYTES]
    assert scene.bench.brick.failure is None
    assert scene.copies.calls == ["read"]


def test_lost_end_is_fetched_with_an_extent_that_cannot_be_read() -> None:
    """All that a look at the file tells is mended at once."""
    scene = Scene()
    scene.break_first_extent()
    scene.lose_end(LONG - 1)
    assert scene.read(7, 10) == scene.data[7:17]
    assert scene.copies.calls == ["read", "read"]
    assert scene.bench.disk.names_now[scene.path].read(LONG, 0) == scene.data


def test_no_descriptor_is_kept() -> None:
    """Whatever was opened to mend a file is closed again."""
    scene = Scene()
    scene.lose_end(5)
    scene.read(0, 10)
    scene.bench.remove()
    assert not scene.bench.disk.open_files


def test_bytes_that_are_wrong_are_not_taken() -> None:
    """The next brick is asked."""
    scene = Scene(count=2)
    scene.lose_end(0)
    scene.damage(100)
    assert scene.read(95, 10) == scene.data[95:105]


def test_bytes_that_nobody_has_are_an_error() -> None:
    """And the file is as it was."""
    scene = Scene(count=2)
    scene.lose_end(EXTENT_BYTES)
    scene.damage(EXTENT_BYTES + 100, 0)
    scene.copies.bricks[1][scene.inode].cut(LONG - 1)
    assert code_of_read(scene, EXTENT_BYTES) is FsCode.IO
    assert scene.bench.disk.names_now[scene.path].size == EXTENT_BYTES
    assert scene.bench.brick.failure is None
    assert scene.copies.calls == ["read"]


def test_extent_being_written_has_no_checksum_to_compare() -> None:
    """Whatever another brick has is as good as what was here."""
    scene = Scene()
    scene.bench.write(scene.inode, 5, b"new")
    data = scene.data[:5] + b"new" + scene.data[8:]
    scene.bench.bytes.files.close()
    scene.bench.crash()
    del scene.bench.disk.names_now[scene.path]
    scene.bench.crash()
    assert scene.read(0, 10) == data[:10]


@pytest.mark.parametrize("copies", [True, False])
def test_brick_that_is_alone_has_an_error_to_give(copies: bool) -> None:
    """There is nobody to ask."""
    scene = Scene()
    scene.copies.alone = True
    if not copies:
        scene.bench.copies = None
        scene.bench.crash()
    scene.lose_file()
    assert code_of_read(scene, 0) is FsCode.IO
    assert "read" not in scene.copies.calls


def test_brick_that_takes_no_bytes_fails() -> None:
    """The call is told to wait for the next primary."""
    scene = Scene()
    scene.lose_file()
    scene.bench.brick.lost = FsCode.UNDECIDED
    scene.bench.disk.sync_error = OSError(errno.EIO, "broken")
    assert code_of_read(scene, 0) is FsCode.UNDECIDED
    assert scene.bench.brick.failure is not None


def test_file_that_cannot_be_mended_is_tried_once() -> None:
    """A READ does not go round and round on a disk that forgets what it is given."""
    scene = Scene()
    scene.lose_file()
    scene.bench.disk.write = lambda fd, data, offset: len(data)  # type: ignore[method-assign]
    assert code_of_read(scene, 0) is FsCode.IO
    assert scene.copies.calls == ["read", "read"]


def test_nothing_moves_while_a_file_is_mended() -> None:
    """A write that comes meanwhile is not overwritten by older bytes."""
    scene = Scene(held=True)
    scene.lose_file()
    scene.copies.held = True
    read = scene.begin_read()
    while not scene.copies.waiting:
        assert scene.bench.pump_one()
    write = scene.bench.begin(scene.bench.bytes.write(ROOT, scene.inode, 0, b"new", 0, None))
    scene.bench.pump()
    assert "write" not in scene.copies.calls
    while scene.copies.waiting or scene.bench.pump_one():
        if scene.copies.waiting:
            with scene.bench.shop.turn:
                scene.copies.answer()
    assert scene.bench.take(read.result().data) in (scene.data[:10], b"new" + scene.data[3:10])
    assert write.done
    assert scene.bench.run(scene.bench.bytes.read(ROOT, scene.inode, 0, 3)).data == b"new"
    assert scene.copies.content(scene.inode) == b"new" + scene.data[3:]


def test_read_is_served_to_all_who_wait_for_the_same_bytes() -> None:
    """Several clients may notice the loss at the same time."""
    scene = Scene(held=True)
    scene.lose_file()
    reads = [scene.begin_read() for _ in range(3)]
    scene.bench.pump()
    assert [scene.bench.take(read.result().data) for read in reads] == [scene.data[:10]] * 3
    assert scene.bench.complaints() == []
