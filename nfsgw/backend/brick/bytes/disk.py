"""The file system below the data files, as an interface.

Everything that touches a data file goes through a :class:`Disk`, so that a test or the simulator
can stand in its place: complete writes late, fail an fsync, lose what was not synced.  Methods are
plain and may block; the caller decides which run in place (page cache) and which in a thread.
They raise ``OSError``; :func:`translated` turns it into the backend's own error.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import Any, Final, NamedTuple, Protocol

from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = [
    "NO_DESCRIPTORS",
    "Disk",
    "DiskSpace",
    "LocalDisk",
    "RunInThread",
    "translated",
    "write_all",
]

RunInThread = Callable[..., Wait[Any]]
"""``run_in_thread(function, *args)``: a Wait for the result, resolved on the reactor's thread."""

_CODES = {
    errno.ENOSPC: FsCode.NOSPC,
    errno.EDQUOT: FsCode.DQUOT,
    errno.EFBIG: FsCode.FBIG,
    errno.EROFS: FsCode.ROFS,
    errno.EMFILE: FsCode.TRY_LATER,
    errno.ENFILE: FsCode.TRY_LATER,
}

NO_DESCRIPTORS: Final = frozenset((errno.EMFILE, errno.ENFILE))
"""Errors that say nothing of the disk: this process, or the machine, has too many open files."""


class DiskSpace(NamedTuple):
    """Room on the file system that holds the brick: bytes and inodes."""

    bytes_total: int
    bytes_free: int
    bytes_available: int
    files_total: int
    files_free: int
    files_available: int


class Disk(Protocol):
    """What the data path needs of a file system; paths are absolute or relative to anything."""

    def open(self, path: str) -> int:
        """Open an existing file for reading and writing.

        :raises FileNotFoundError: there is none.
        """

    def create(self, path: str) -> int:
        """Open a file for reading and writing, empty: what an earlier try left is dropped."""

    def close(self, fd: int) -> None:
        """Close a descriptor."""

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        """Write into the page cache; return how many bytes were taken."""

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """Read up to ``length`` bytes; fewer only at the end of the file.  May wait for a disk."""

    def read_cached(self, fd: int, length: int, offset: int) -> bytes | None:
        """Read like :meth:`read` if that does not have to wait for a disk, else return None."""

    def size(self, fd: int) -> int:
        """Return the length of the file."""

    def cut(self, fd: int, length: int) -> None:
        """Set the length of the file."""

    def sync(self, fd: int) -> None:
        """Make the file's bytes and length durable."""

    def make_directory(self, path: str) -> bool:
        """Make a directory; False if it was there."""

    def sync_directory(self, path: str) -> None:
        """Make the names in a directory durable."""

    def unlink(self, path: str) -> bool:
        """Remove a name; False if there was none."""

    def names(self, path: str) -> list[str]:
        """Return the names in a directory, sorted; empty if there is no such directory."""

    def space(self, path: str) -> DiskSpace:
        """Return the room on the file system that holds ``path``."""


class LocalDisk:
    """The machine's own file system.

    :param durable: whether fsync is real.  Without it (``durability = none``, tmpfs) the syncs do
        nothing, and reads never count as waiting.
    """

    def __init__(self, durable: bool) -> None:
        self._durable = durable

    def open(self, path: str) -> int:
        """Open an existing file."""
        return os.open(path, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)

    def create(self, path: str) -> int:
        """Open a file, empty."""
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
        return os.open(path, flags, 0o600)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        os.close(fd)

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        """Write into the page cache."""
        return os.pwrite(fd, data, offset)

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """Read up to ``length`` bytes; the kernel may give fewer at a time, so go on."""
        data = os.pread(fd, length, offset)
        if len(data) == length or not data:
            return data
        parts = [data]
        got = len(data)
        while got < length:
            data = os.pread(fd, length - got, offset + got)
            if not data:
                break
            parts.append(data)
            got += len(data)
        return b"".join(parts)

    def read_cached(self, fd: int, length: int, offset: int) -> bytes | None:
        """Read without waiting for a disk, by ``RWF_NOWAIT``."""
        if not self._durable:
            return self.read(fd, length, offset)
        buffer = bytearray(length)
        try:
            got = os.preadv(fd, [buffer], offset, os.RWF_NOWAIT)
        except BlockingIOError:
            return None
        except OSError as error:
            if error.errno != errno.EOPNOTSUPP:
                raise
            # tmpfs says so, where nothing waits; for other file systems a thread is the safe way.
            return None
        if got == length:
            return bytes(buffer)
        # The end of the file, or of what is cached: only the size can tell which.
        if offset + got < os.fstat(fd).st_size:
            return None
        return bytes(memoryview(buffer)[:got])

    def size(self, fd: int) -> int:
        """Return the length of the file."""
        return os.fstat(fd).st_size

    def cut(self, fd: int, length: int) -> None:
        """Set the length of the file."""
        os.ftruncate(fd, length)

    def sync(self, fd: int) -> None:
        """Make the file durable; ``fdatasync`` includes the length."""
        if self._durable:
            os.fdatasync(fd)

    def make_directory(self, path: str) -> bool:
        """Make a directory."""
        try:
            os.mkdir(path, 0o700)
        except FileExistsError:
            return False
        return True

    def sync_directory(self, path: str) -> None:
        """Make the names in a directory durable."""
        if not self._durable:
            return
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def unlink(self, path: str) -> bool:
        """Remove a name."""
        try:
            os.unlink(path)
        except FileNotFoundError:
            return False
        return True

    def names(self, path: str) -> list[str]:
        """Return the names in a directory."""
        try:
            return sorted(os.listdir(path))
        except (FileNotFoundError, NotADirectoryError):
            return []

    def space(self, path: str) -> DiskSpace:
        """Return the room that ``statvfs`` tells."""
        found = os.statvfs(path)
        unit = found.f_frsize
        return DiskSpace(
            found.f_blocks * unit,
            found.f_bfree * unit,
            found.f_bavail * unit,
            found.f_files,
            found.f_ffree,
            found.f_favail,
        )


def write_all(disk: Disk, fd: int, data: bytes | memoryview, offset: int) -> None:
    """Write all bytes into the page cache.

    :raises OSError: some of them may have been written.
    """
    done = disk.write(fd, data, offset)
    while done < len(data):
        done += disk.write(fd, memoryview(data)[done:], offset + done)


def translated(error: OSError, attributes: bytes | None = None) -> FsError:
    """Return the backend's error for an ``OSError`` of a data file; what is unknown is IO."""
    return FsError(_CODES.get(error.errno or 0, FsCode.IO), attributes)
