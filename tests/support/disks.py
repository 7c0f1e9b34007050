"""A disk in memory that loses what was not synced, and threads that run when told to."""

from __future__ import annotations

import errno
from collections.abc import Callable
from random import Random
from typing import Any

from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.waiting import Wait

__all__ = ["PAGE", "MemoryDisk", "MemoryFile", "Threads"]

PAGE = 4096
_EMPTY = bytes(PAGE)
_SECTOR = 512


class MemoryFile:
    """One file: what the page cache shows, and what the disk holds; pages that lack are zeros.

    :ivar pages: what is shown, by page number.
    :ivar resident: its pages are in the page cache, so no read of them waits for a disk.
    """

    def __init__(self) -> None:
        self.pages: dict[int, bytes] = {}
        self.size = 0
        self.durable_size = 0
        self.resident = True
        # Of pages that the disk does not hold as they are shown: what it holds instead.
        self._stored: dict[int, bytes | None] = {}
        # Those of them that the next sync writes.  The others were given up by a failed one: the
        # kernel counts them as clean.
        self._dirty: dict[int, None] = {}

    def _touch(self, number: int) -> None:
        if number not in self._stored:
            self._stored[number] = self.pages.get(number)
        self._dirty[number] = None

    @property
    def dirty(self) -> bool:
        """Say whether a sync would have anything to write."""
        return bool(self._dirty) or self.durable_size != self.size

    @property
    def stored(self) -> bool:
        """Say whether the disk holds all that is shown."""
        return not self._stored and self.durable_size == self.size

    def sync(self) -> None:
        """Make durable what counts as not durable."""
        if len(self._dirty) == len(self._stored):
            self._stored.clear()
        else:
            for number in self._dirty:
                del self._stored[number]
        self._dirty.clear()
        if self._stored:
            # With the length goes what lay beyond it.
            for number in [number for number in self._stored if number * PAGE >= self.size]:
                del self._stored[number]
        self.durable_size = self.size

    def fail_sync(self, random: Random) -> None:
        """Let some pages reach the disk, and give up the others as the kernel does."""
        for number in self._dirty:
            if random.random() < 0.5:
                del self._stored[number]
        self._dirty.clear()

    def evict(self) -> None:
        """Drop the pages that count as clean: the disk's are shown again."""
        self.resident = False
        for number in [number for number in self._stored if number not in self._dirty]:
            self._revert(number)
        self._bound()

    def _revert(self, number: int) -> None:
        stored = self._stored.pop(number)
        if stored is None:
            self.pages.pop(number, None)
        else:
            self.pages[number] = stored

    def _bound(self) -> None:
        """Show nothing beyond the length, whatever lies there on the disk."""
        number, rest = divmod(self.size, PAGE)
        for beyond in [at for at in self.pages if at * PAGE >= self.size]:
            del self.pages[beyond]
        if rest and number in self.pages:
            self.pages[number] = self.pages[number][:rest] + bytes(PAGE - rest)

    def write(self, data: bytes, offset: int) -> None:
        """Write into the page cache."""
        position = 0
        pages = self.pages
        while position < len(data):
            number, start = divmod(offset + position, PAGE)
            piece = data[position : position + PAGE - start]
            self._touch(number)
            if len(piece) == PAGE:
                pages[number] = piece
            else:
                page = pages.get(number, _EMPTY)
                pages[number] = page[:start] + piece + page[start + len(piece) :]
            position += len(piece)
        self.size = max(self.size, offset + len(data))

    def read(self, length: int, offset: int) -> bytes:
        """Read what is shown."""
        length = max(0, min(length, self.size - offset))
        first = offset // PAGE
        last = (offset + length + PAGE - 1) // PAGE
        get = self.pages.get
        data = b"".join([get(number, _EMPTY) for number in range(first, last)])
        start = offset - first * PAGE
        return data if len(data) == length else data[start : start + length]

    def read_durable(self) -> bytes:
        """Return what the disk holds, for checkers."""
        pages = dict(self.pages)
        for number, stored in self._stored.items():
            pages[number] = _EMPTY if stored is None else stored
        count = (self.durable_size + PAGE - 1) // PAGE
        return b"".join([pages.get(number, _EMPTY) for number in range(count)])[
            : self.durable_size
        ]

    def cut(self, length: int) -> None:
        """Set the length."""
        number, rest = divmod(length, PAGE)
        if length < self.size:
            for beyond in [at for at in self.pages if at * PAGE >= length]:
                self._touch(beyond)
                del self.pages[beyond]
            if rest and number in self.pages:
                self._touch(number)
                self.pages[number] = self.pages[number][:rest] + bytes(PAGE - rest)
        self.size = length

    def flip(self, offset: int, mask: int) -> bool:
        """Flip bits of one byte, in the page cache and on the disk; False in a hole."""
        number, start = divmod(offset, PAGE)
        if number not in self.pages:
            return False
        for pages in (self.pages, self._stored):
            page = pages.get(number)
            if page is not None:
                pages[number] = page[:start] + bytes([page[start] ^ mask]) + page[start + 1 :]
        return True

    def lose_power(self, random: Random) -> None:
        """Keep the durable state, and of all pages changed since some, or parts, at random."""
        size = random.choice((self.size, self.durable_size))
        for number in sorted(self._stored):
            chance = random.random() if number in self._dirty else 0.0
            if chance < 0.5:
                self._revert(number)
            elif chance < 0.6:
                self._tear(number, random.randrange(PAGE // _SECTOR) * _SECTOR)
        self.size = size
        self._bound()
        self._stored.clear()
        self._dirty.clear()
        self.durable_size = size
        self.resident = False

    def _tear(self, number: int, end: int) -> None:
        """Keep only the first sectors of what was being written over a page."""
        stored = self._stored[number] or _EMPTY
        shown = self.pages.get(number, _EMPTY)
        self.pages[number] = shown[:end] + stored[end:]


class MemoryDisk:
    """A :class:`nfsgw.backend.brick.bytes.disk.Disk` whose faults the test chooses.

    :ivar cached: False: every read has to wait for the disk.
    :ivar sync_error: raised by the next syncs of files.
    :ivar room: bytes that may still be written; beyond it ENOSPC, after what fits.
    """

    def __init__(self) -> None:
        self.names_now: dict[str, MemoryFile] = {}
        self.names_durable: dict[str, MemoryFile] = {}
        self.directories: set[str] = set()
        self.open_files: dict[int, MemoryFile] = {}
        self.cached = True
        self.sync_error: OSError | None = None
        self.room: int | None = None
        self.syncs = 0
        self.writes = 0
        self._next_fd = 100

    def _descriptor(self, file: MemoryFile) -> int:
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
        file = self.names_now.setdefault(path, MemoryFile())
        file.cut(0)
        return self._descriptor(file)

    def close(self, fd: int) -> None:
        """Close a descriptor."""
        self.open_files.pop(fd)

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
        names: dict[str, MemoryFile] = {}
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
