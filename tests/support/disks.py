"""A disk in memory that loses what was not synced, and threads that run when told to."""

from __future__ import annotations

import errno
from collections.abc import Callable
from random import Random
from typing import Any

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.waiting import Wait

__all__ = ["MemoryDisk", "Threads"]

_PAGE = 4096


class _File:
    """One file: what the page cache shows, and what the disk holds; pages that lack are zeros."""

    def __init__(self) -> None:
        self.pages: dict[int, bytes] = {}
        self.size = 0
        self.durable_pages: dict[int, bytes] = {}
        self.durable_size = 0

    def sync(self) -> None:
        self.durable_pages = dict(self.pages)
        self.durable_size = self.size

    def write(self, data: bytes, offset: int) -> None:
        position = 0
        while position < len(data):
            number, start = divmod(offset + position, _PAGE)
            piece = data[position : position + _PAGE - start]
            page = self.pages.get(number, bytes(_PAGE))
            self.pages[number] = page[:start] + piece + page[start + len(piece) :]
            position += len(piece)
        self.size = max(self.size, offset + len(data))

    def read(self, length: int, offset: int) -> bytes:
        length = max(0, min(length, self.size - offset))
        first = offset // _PAGE
        last = (offset + length + _PAGE - 1) // _PAGE
        empty = bytes(_PAGE)
        data = b"".join(self.pages.get(number, empty) for number in range(first, last))
        start = offset - first * _PAGE
        return data[start : start + length]

    def cut(self, length: int) -> None:
        number, rest = divmod(length, _PAGE)
        self.pages = {at: page for at, page in self.pages.items() if at * _PAGE < length}
        if rest and number in self.pages:
            self.pages[number] = self.pages[number][:rest] + bytes(_PAGE - rest)
        self.size = length

    def lose_power(self, random: Random) -> None:
        """Keep the durable state, and of all pages changed since some, at random."""
        size = random.choice((self.size, self.durable_size))
        pages = dict(self.durable_pages)
        for number in sorted(set(self.pages) | set(pages)):
            if self.pages.get(number) != pages.get(number) and random.random() < 0.5:
                if number in self.pages:
                    pages[number] = self.pages[number]
                else:
                    del pages[number]
        self.pages = pages
        self.cut(size)
        self.sync()


class MemoryDisk:
    """A :class:`nfsgw.backend.brick.bytes.disk.Disk` whose faults the test chooses.

    :ivar cached: False: every read has to wait for the disk.
    :ivar sync_error: raised by the next syncs of files.
    :ivar room: bytes that may still be written; beyond it ENOSPC, after what fits.
    """

    def __init__(self) -> None:
        self.names_now: dict[str, _File] = {}
        self.names_durable: dict[str, _File] = {}
        self.directories: set[str] = set()
        self.open_files: dict[int, _File] = {}
        self.cached = True
        self.sync_error: OSError | None = None
        self.room: int | None = None
        self.syncs = 0
        self.writes = 0
        self._next_fd = 100

    def _descriptor(self, file: _File) -> int:
        self._next_fd += 1
        self.open_files[self._next_fd] = file
        return self._next_fd

    def open(self, path: str) -> int:
        """Open an existing file."""
        if path not in self.names_now:
            raise FileNotFoundError(errno.ENOENT, "no such file", path)
        return self._descriptor(self.names_now[path])

    def create(self, path: str) -> int:
        """Open a file, empty."""
        assert path.rpartition("/")[0] in self.directories
        if self.room is not None and self.room <= 0:
            raise OSError(errno.ENOSPC, "no space", path)
        file = self.names_now.setdefault(path, _File())
        file.cut(0)
        return self._descriptor(file)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        del self.open_files[fd]

    def write(self, fd: int, data: bytes | memoryview, offset: int) -> int:
        """Write into the page cache, not always all at once."""
        data = bytes(data)
        self.writes += 1
        if self.room is not None:
            if self.room <= 0:
                raise OSError(errno.ENOSPC, "no space")
            data = data[: self.room]
            self.room -= len(data)
        self.open_files[fd].write(data, offset)
        return len(data)

    def read(self, fd: int, length: int, offset: int) -> bytes:
        """Read."""
        return self.open_files[fd].read(length, offset)

    def read_cached(self, fd: int, length: int, offset: int) -> bytes | None:
        """Read what is cached: all or nothing."""
        return self.open_files[fd].read(length, offset) if self.cached else None

    def size(self, fd: int) -> int:
        """Return the length."""
        return self.open_files[fd].size

    def cut(self, fd: int, length: int) -> None:
        """Set the length."""
        self.open_files[fd].cut(length)

    def sync(self, fd: int) -> None:
        """Make a file durable."""
        if self.sync_error is not None:
            raise self.sync_error
        self.syncs += 1
        self.open_files[fd].sync()

    def make_directory(self, path: str) -> bool:
        """Make a directory; directories themselves are always durable here."""
        new = path not in self.directories
        self.directories.add(path)
        return new

    def sync_directory(self, path: str) -> None:
        """Make the names in a directory durable."""
        if path not in self.directories:
            raise FileNotFoundError(errno.ENOENT, "no such directory", path)
        for name in {**self.names_now, **self.names_durable}:
            if name.rpartition("/")[0] == path:
                if name in self.names_now:
                    self.names_durable[name] = self.names_now[name]
                else:
                    del self.names_durable[name]

    def unlink(self, path: str) -> bool:
        """Remove a name."""
        return self.names_now.pop(path, None) is not None

    def names(self, path: str) -> list[str]:
        """Return the names in a directory."""
        known = [*self.directories, *self.names_now]
        return sorted(name.rpartition("/")[2] for name in known if name.rpartition("/")[0] == path)

    def space(self, path: str) -> DiskSpace:
        """Return much room, whatever ``room`` says: ENOSPC then comes as a surprise."""
        return DiskSpace(1 << 40, 1 << 40, 1 << 40, 1 << 20, 1 << 20, 1 << 20)

    def kill(self) -> None:
        """Let the process die: descriptors close, the page cache stays."""
        self.open_files.clear()

    def lose_power(self, random: Random) -> None:
        """Let the machine die: what was not synced is there or not, at random."""
        self.kill()
        names: dict[str, _File] = {}
        for name in sorted(set(self.names_now) | set(self.names_durable)):
            versions = [self.names_now.get(name), self.names_durable.get(name)]
            file = random.choice(versions)
            if file is not None:
                names[name] = file
        for file in dict.fromkeys(names.values()):
            file.lose_power(random)
        self.names_now = names
        self.names_durable = dict(names)


class Threads:
    """Runs what should run in threads: at once, or when the test says so, in any order.

    :param held: wait for :meth:`run`.
    """

    def __init__(self, held: bool = False) -> None:
        self.held = held
        self.jobs: list[Callable[[], None]] = []

    def run_in_thread(self, function: Callable[..., Any], *args: Any) -> Wait[Any]:  # noqa: ANN401
        """Note a job; return the Wait for its result."""
        wait: Wait[Any] = Wait()

        def job() -> None:
            try:
                result = function(*args)
            except Exception as error:  # noqa: BLE001 - handed to whoever awaits the result
                wait.fail(error)
            else:
                wait.resolve(result)

        if self.held:
            self.jobs.append(job)
        else:
            job()
        return wait

    def run(self, index: int = 0) -> None:
        """Run one of the waiting jobs."""
        self.jobs.pop(index)()
