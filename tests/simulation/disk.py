"""The file system of a simulated disk: a page cache above what is durable, and its faults."""

from __future__ import annotations

import errno

from nfsgw.backend.brick.bytes.disk import DiskSpace
from tests.simulation.medium import PLENTY, Medium
from tests.support.disks import PAGE, MemoryDisk, MemoryFile

__all__ = ["SimDisk"]

_FILES = 1 << 20


class SimDisk(MemoryDisk):
    """The data files of one brick; a :class:`nfsgw.backend.brick.bytes.disk.Disk`.

    It outlives the process: :meth:`kill` closes what that had open.

    :param durable: whether fsync is real.
    """

    def __init__(self, medium: Medium, durable: bool) -> None:
        super().__init__()
        self.medium = medium
        self.durable = durable
        medium.contents.append(self.used)

    def _look(self, path: str | None = None) -> None:
        medium = self.medium
        medium.count_call()
        if medium.gone and path is not None:
            raise FileNotFoundError(errno.ENOENT, "no such file or directory", path)

    def _change(self, path: str | None = None) -> None:
        self._look(path)
        if self.medium.read_only:
            raise OSError(errno.EROFS, "read-only file system", path)

    def used(self) -> int:
        """Return the bytes that files take."""
        return sum(len(file.pages) for file in self.names_now.values()) * PAGE

    def open(self, path: str) -> int:
        """Open an existing file."""
        self._look(path)
        if self.medium.read_only:
            raise OSError(errno.EROFS, "read-only file system", path)
        return super().open(path)

    def create(self, path: str) -> int:
        """Open a file, empty."""
        self._change(path)
        if path.rpartition("/")[0] not in self.directories:
            raise FileNotFoundError(errno.ENOENT, "no such directory", path)
        if self.medium.room < PAGE:
            raise OSError(errno.ENOSPC, "no space", path)
        return super().create(path)

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        """Write into the page cache as much as there is room for."""
        self._change()
        data = bytes(data)
        file = self.open_files[fd]
        room = self.medium.room
        if len(data) + 2 * PAGE > room:
            data = self._fitting(file, data, offset, room)
        file.write(data, offset)
        return len(data)

    def _fitting(self, file: MemoryFile, data: bytes, offset: int, room: int) -> bytes:
        """Return the part of the data for which there are pages.

        :raises OSError: there is none.
        """
        first, last = offset // PAGE, (offset + len(data) - 1) // PAGE
        for number in range(first, last + 1):
            if number not in file.pages:
                room -= PAGE
                if room < 0:
                    data = data[: max(0, number * PAGE - offset)]
                    break
        if not data:
            raise OSError(errno.ENOSPC, "no space")
        return data

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """Read, from the disk itself if need be."""
        self._look()
        file = self.open_files[fd]
        if not file.resident and self.durable:
            self.medium.block()
            file.resident = True
        return file.read(length, offset)

    def read_cached(self, fd: int, length: int, offset: int) -> bytes | None:
        """Read what is cached: all or nothing."""
        self._look()
        file = self.open_files[fd]
        return file.read(length, offset) if file.resident or not self.durable else None

    def cut(self, fd: int, length: int) -> None:
        """Set the length."""
        self._change()
        self.open_files[fd].cut(length)

    def sync(self, fd: int) -> None:
        """Make a file durable, or fail, once, and never tell again what was lost."""
        self._look()
        if not self.durable:
            return
        medium = self.medium
        medium.block()
        file = self.open_files[fd]
        if file.dirty and (medium.fail_sync or medium.read_only):
            medium.fail_sync = False
            file.fail_sync(medium.random)
            raise OSError(errno.EIO, "input/output error")
        file.sync()

    def make_directory(self, path: str) -> bool:
        """Make a directory."""
        if path not in self.directories:
            self._change(path)
        else:
            self._look(path)
        return super().make_directory(path)

    def sync_directory(self, path: str) -> None:
        """Make the names in a directory durable."""
        self._look(path)
        if self.durable:
            self.medium.block()
        super().sync_directory(path)

    def unlink(self, path: str) -> bool:
        """Remove a name."""
        self._change(path)
        return super().unlink(path)

    def names(self, path: str) -> list[str]:
        """Return the names in a directory; none if it is not there."""
        self.medium.count_call()
        return [] if self.medium.gone else super().names(path)

    def space(self, path: str) -> DiskSpace:
        """Return the room that there is."""
        self._look(path)
        room = self.medium.room
        return DiskSpace(PLENTY, room, room, _FILES, _FILES, _FILES)

    # What happens to it

    def evict(self) -> None:
        """Let memory become scarce: pages that count as clean leave the page cache."""
        if self.durable:
            for file in self.names_now.values():
                file.evict()

    def wipe(self) -> None:
        """Lose all files; what is open stays so."""
        self.names_now = {}
        self.names_durable = {}
        self.directories = set()
