"""The data files of other bricks in memory, small enough to be seen to be right."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from copy import deepcopy
from functools import partial
from random import Random
from typing import Any

from nfsgw.backend.brick.bytes.extents import checksum
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent
from nfsgw.waiting import Wait
from tests.support.disks import MemoryDisk, MemoryFile

__all__ = ["FakeCopies"]

_Bricks = list[dict[int, MemoryFile]]
_Work = Callable[[_Bricks], None]


class FakeCopies:
    """Some bricks that do what they are told, as a :class:`.bytes.copies.Copies`.

    :param held: calls are carried out one after the other, by :meth:`answer`; else at once.
    :ivar bricks: the data files of each brick, by inode.
    :ivar calls: what was asked: ``"write"``, ``"sync"``...
    :ivar unnamed: files that were made and that no record names yet.
    """

    def __init__(self, held: bool = False, count: int = 1) -> None:
        self.held = held
        self.alone = False
        self.bricks: _Bricks = [{} for _ in range(count)]
        self.calls: list[str] = []
        self.unnamed: set[int] = set()
        self._waiting: list[tuple[_Work, Wait[None]]] = []

    def content(self, inode: int, brick: int = 0) -> bytes | None:
        """Return what is in a data file; None if there is none."""
        file = self.bricks[brick].get(inode)
        return None if file is None else file.read(file.size, 0)

    # Driving

    @property
    def waiting(self) -> int:
        """Return how many calls are under way."""
        return len(self._waiting)

    def answer(self) -> None:
        """Carry out the oldest call that is under way."""
        work, wait = self._waiting.pop(0)
        work(self.bricks)
        wait.resolve(None)

    def after_crash(self, random: Random) -> FakeCopies:
        """Return what the next primary finds: the first calls under way may have been done."""
        other = FakeCopies(self.held)
        other.bricks = deepcopy(self.bricks)
        for work, _ in self._waiting[: random.randrange(len(self._waiting) + 1)]:
            work(other.bricks)
        return other

    def _call(self, what: str, work: _Work) -> Wait[None] | None:
        self.calls.append(what)
        if not self.held:
            work(self.bricks)
            return None
        wait: Wait[None] = Wait()
        self._waiting.append((work, wait))
        return wait

    # Copies

    def write(self, inode: int, offset: int, data: bytes | memoryview) -> Wait[None] | None:
        """Write bytes."""

        def work(bricks: _Bricks) -> None:
            for files in bricks:
                files[inode].write(bytes(data), offset)

        return self._call("write", work)

    def create(self, inode: int, data: bytes) -> Wait[None] | None:
        """Make a data file."""
        self.unnamed.add(inode)

        def work(bricks: _Bricks) -> None:
            for files in bricks:
                file = files[inode] = MemoryFile()
                file.write(data, 0)

        return self._call("create", work)

    def named(self, inode: int) -> None:
        """Take note."""
        self.unnamed.discard(inode)

    def cut(self, inode: int, size: int) -> Wait[None] | None:
        """Cut a data file if it is longer."""

        def work(bricks: _Bricks) -> None:
            for files in bricks:
                if inode in files and files[inode].size > size:
                    files[inode].cut(size)

        return self._call("cut", work)

    def remove(self, inode: int) -> Wait[None] | None:
        """Remove a data file."""

        def work(bricks: _Bricks) -> None:
            for files in bricks:
                files.pop(inode, None)

        return self._call("remove", work)

    def sync(self, inode: int) -> Wait[None] | None:
        """Make a data file durable."""

        def work(bricks: _Bricks) -> None:
            for files in bricks:
                if inode in files:
                    files[inode].sync()

        return self._call("sync", work)

    async def equalise(
        self,
        inode: int,
        extents: Sequence[tuple[int, Extent]],
        read: Callable[[int], Coroutine[Any, Any, bytes]],
    ) -> None:
        """Overwrite what differs, after a while."""
        await _done(self._call("equalise", _nothing))
        for brick, files in enumerate(self.bricks):
            for number, extent in extents:
                if _checksum(files.get(inode), number) != extent:
                    data = await read(number)
                    await _done(self._call("put", partial(_put, brick, inode, number, data)))

    async def read(
        self, inode: int, offset: int, count: int, is_good: Callable[[bytes], bool]
    ) -> bytes | None:
        """Return the bytes of the first brick that has them."""
        await _done(self._call("read", _nothing))
        for files in self.bricks:
            if inode in files:
                data = files[inode].read(count, offset)
                if is_good(data):
                    return data
        return None


def _nothing(bricks: _Bricks) -> None:
    """Only look."""


async def _done(wait: Wait[None] | None) -> None:
    if wait is not None:
        await wait


def _checksum(file: MemoryFile | None, number: int) -> Extent:
    disk = MemoryDisk()
    disk.names_now["file"] = file or MemoryFile()
    return checksum(disk, disk.open("file"), number)


def _put(brick: int, inode: int, number: int, data: bytes, bricks: _Bricks) -> None:
    file = bricks[brick].setdefault(inode, MemoryFile())
    start = number * EXTENT_BYTES
    if len(data) < EXTENT_BYTES:
        file.cut(min(file.size, start + len(data)))
    if data:
        file.write(data, start)
