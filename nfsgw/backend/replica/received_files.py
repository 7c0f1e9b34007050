"""The data files of a brick that follows a primary.

Changes go through the brick's stream: one thread, so bytes are put in the order in which they
came, and a disk that hangs holds up nobody but its own brick.  The stream owns the descriptors too
(:class:`_Stream`); fsyncs, checksums and reads happen in other threads, on descriptors that the
stream has pinned for them.  As everything of a file passes the stream, an fsync covers what was
written by earlier calls, and a read sees it.

Where nothing is durable both kinds of threads run at once, in place, and nothing is ever synced.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

from nfsgw.backend.brick.bytes.disk import Disk, write_all
from nfsgw.backend.brick.bytes.extents import CRC32, checksum
from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.backend.brick.local import LocalBrick
from nfsgw.backend.brick.schema import EXTENT_BYTES, Extent, ExtentState
from nfsgw.backend.replica.receiving import FileState, FileWork
from nfsgw.waiting import Wait, gather, step

__all__ = ["DIRTY_MAX", "ReceivedFiles"]

DIRTY_MAX: Final = 256
"""Files with bytes that are not durable; beyond it the oldest are synced without being asked."""

_WORK_FILES_MAX: Final = 64
_UNREADABLE: Final = Extent(ExtentState.CLEAN, CRC32)


class _Stream:
    """What runs on the stream, with the descriptors that are open there.

    A file with bytes that are not durable is *dirty*, and stays open until its fsync.
    :meth:`give_back` and those below it are for any thread.
    """

    def __init__(self, disk: Disk, root: str, durable: bool) -> None:
        self._disk = disk
        self._root = root
        self._durable = durable
        self._files = DataFiles(disk, root)
        # Pinned, the longest dirty first.
        self._dirty: dict[int, DataFile] = {}
        self._returned: deque[DataFile] = deque()
        self._closed = False
        # Directories that are there, and those whose names are durable; at most 65536.
        self._directories: set[str] = set()
        self._durable_directories: set[str] = set()

    # Changes.  They return a file that should be synced because too many are dirty, or None.

    def write(self, inode: int, offset: int, data: bytes | memoryview) -> int | None:
        """Write into an existing file."""
        return self._write(self._files.open(inode), offset, data)

    def write_or_make(self, inode: int, offset: int, data: bytes | memoryview) -> int | None:
        """Write into a file, which is made if need be."""
        return self._write(self._open_or_make(inode), offset, data)

    def _write(self, file: DataFile, offset: int, data: bytes | memoryview) -> int | None:
        try:
            write_all(self._disk, file.fd, data, offset)
        finally:
            self._changed(file)
        return self._excess()

    def make(self, inode: int, data: bytes) -> None:
        """Make a file with these bytes; what lay there is dropped."""
        self._make_empty(inode)
        if data:
            self.write(inode, 0, data)
        else:
            self._changed(self._files.open(inode))

    def put(self, inode: int, number: int, data: bytes) -> int | None:
        """Replace an extent; what is shorter ends the file."""
        file = self._open_or_make(inode)
        start = number * EXTENT_BYTES
        try:
            if data:
                write_all(self._disk, file.fd, data, start)
            if len(data) < EXTENT_BYTES:
                self._shorten(file, start + len(data))
        finally:
            self._changed(file)
        return self._excess()

    def cut(self, inode: int, size: int) -> bool:
        """Cut a file to a length, if it is longer; say whether it is there."""
        try:
            file = self._files.open(inode)
        except FileNotFoundError:
            self._files.check_root()
            return False
        try:
            self._shorten(file, size)
        finally:
            self._changed(file)
        return True

    def remove(self, inode: int) -> None:
        """Remove a file."""
        self._files.forget(inode)
        self._clean(inode)
        if not self._disk.unlink(self._files.path(inode)):
            self._files.check_root()

    def bring_in_line(self, states: Iterable[FileState]) -> None:
        """Bring files into the state in which they should be."""
        for inode, length, present in states:
            if length is None:
                self.remove(inode)
            elif not self.cut(inode, length) and present:
                self.make(inode, b"")

    def empty(self) -> list[str]:
        """Remove all data files; return all directories, which are to be synced.

        Those without files too: an earlier try may have removed them, and died before the fsync.
        """
        self._close_all()
        for inode in self._files.inodes():
            self._disk.unlink(self._files.path(inode))
        names = self._disk.names
        return [
            f"{self._root}/{upper}/{lower}"
            for upper in names(self._root)
            for lower in names(f"{self._root}/{upper}")
        ]

    def _shorten(self, file: DataFile, size: int) -> None:
        if self._disk.size(file.fd) > size:
            self._disk.cut(file.fd, size)

    def _open_or_make(self, inode: int) -> DataFile:
        try:
            return self._files.open(inode)
        except FileNotFoundError:
            self._make_empty(inode)
            return self._files.open(inode)

    def _make_empty(self, inode: int) -> None:
        directory = self._files.directory(inode)
        if directory not in self._directories:
            self._disk.make_directory(directory[: directory.rindex("/")])
            self._disk.make_directory(directory)
            self._directories.add(directory)
        self._disk.close(self._disk.create(self._files.path(inode)))

    def _changed(self, file: DataFile) -> None:
        """Take over the pin of an open file that was changed."""
        if self._durable and file.inode not in self._dirty:
            self._dirty[file.inode] = file
        else:
            self._files.unpin(file)

    def _excess(self) -> int | None:
        return next(iter(self._dirty)) if len(self._dirty) > DIRTY_MAX else None

    # Descriptors for others

    def open(self, inode: int) -> DataFile | None:
        """Open a file for another thread, which gives it back; None if there is none."""
        self._take_back()
        try:
            return self._files.open(inode)
        except FileNotFoundError:
            return None

    def begin_sync(self, inode: int) -> DataFile | None:
        """Count a file as clean, and open it for the fsync that makes it so."""
        file = self.open(inode)
        self._clean(inode)
        return file

    def _clean(self, inode: int) -> None:
        file = self._dirty.pop(inode, None)
        if file is not None:
            self._files.unpin(file)

    def _take_back(self) -> None:
        with suppress(IndexError):
            while True:
                self._files.unpin(self._returned.popleft())

    def _close_all(self) -> None:
        self._take_back()
        for inode in list(self._dirty):
            self._clean(inode)
        self._files.close()

    def close(self) -> None:
        """Close everything, for good; what others have open closes when they give it back."""
        self._closed = True
        self._close_all()

    # For any thread

    def give_back(self, file: DataFile) -> None:
        """Undo one :meth:`open`, when the stream comes by next, or now if it never will."""
        self._returned.append(file)
        if self._closed:
            self._take_back()

    def sync_names(self, inodes: Iterable[int]) -> None:
        """Make durable that files are there, or are not."""
        self.sync_directories(dict.fromkeys(self._files.directory(inode) for inode in inodes))

    def sync_directories(self, directories: Iterable[str]) -> None:
        """Make the names in directories durable, and their own."""
        for directory in directories:
            try:
                if directory not in self._durable_directories:
                    self._disk.sync_directory(self._root)
                    self._disk.sync_directory(directory[: directory.rindex("/")])
                self._disk.sync_directory(directory)
                self._durable_directories.add(directory)
            except FileNotFoundError:
                # No file was ever made there, or the brick has been moved away.
                self._files.check_root()

    def checksums(self, file: DataFile, extents: Sequence[tuple[int, int]]) -> list[Extent]:
        """Return checksums of (extent number, bytes at most)."""
        found = []
        for number, bytes_max in extents:
            try:
                found.append(checksum(self._disk, file.fd, number, bytes_max))
            except OSError:
                found.append(_UNREADABLE)
        return found


class _Syncs:
    """The fsyncs of one file: one at a time, because the kernel tells of an error only once.

    ``asked`` counts the calls, ``done`` those that an fsync has covered.
    """

    __slots__ = ("asked", "done", "running")

    def __init__(self) -> None:
        self.asked = 0
        self.done = 0
        self.running: Wait[None] | None = None


class ReceivedFiles:
    """The data files of a brick, for calls that come in order and are answered in any.

    All methods raise OSError: of the disk, or FileNotFoundError by :meth:`write` alone.

    :ivar lacking: files of which extents are missing, all of them perhaps, and so the file itself:
        a write to an extent that is not missing makes it.
    """

    def __init__(self, brick: LocalBrick) -> None:
        self._disk = brick.disk
        self._durable = brick.durable
        self._threads = brick.threads
        self._in_order = brick.stream
        self._stream = _Stream(brick.disk, brick.root, brick.durable)
        self._syncs: dict[int, _Syncs] = {}
        self.lacking: set[int] = set()

    def write_at_once(self, inode: int, offset: int, data: bytes | memoryview) -> None:
        """Write in place, where nothing is durable and therefore nothing waits."""
        self._writer(inode)(inode, offset, data)

    async def write(self, inode: int, offset: int, data: bytes | memoryview) -> None:
        """Write into an existing file, or one of :attr:`lacking`."""
        oldest: int | None = await self._in_order.run(self._writer(inode), inode, offset, data)
        await self._relieve(oldest)

    def _writer(self, inode: int) -> Callable[[int, int, bytes | memoryview], int | None]:
        return self._stream.write_or_make if inode in self.lacking else self._stream.write

    async def put_extent(self, inode: int, number: int, data: bytes) -> None:
        """Replace an extent; what is shorter ends the file, which is made if need be."""
        oldest: int | None = await self._in_order.run(self._stream.put, inode, number, data)
        await self._relieve(oldest)

    async def _relieve(self, oldest: int | None) -> None:
        if oldest is not None:
            await self.sync(oldest)

    async def create(self, inode: int, data: bytes) -> None:
        """Make a file with these bytes, durably."""
        await self._in_order.run(self._stream.make, inode, data)
        await self.settle([inode])

    async def cut(self, inode: int, size: int) -> None:
        """Cut a file, durably, if it is there and longer."""
        if await self._in_order.run(self._stream.cut, inode, size):
            await self.sync(inode)

    async def remove(self, inode: int) -> None:
        """Remove a file, durably, if it is there."""
        await self._in_order.run(self._stream.remove, inode)
        await self._threads.run(self._stream.sync_names, [inode])

    async def settle(self, inodes: Sequence[int]) -> None:
        """Make files durable, their names too; those that are gone stay so."""
        if self._durable:
            syncs = [step(self.sync(inode)) for inode in inodes]
            await gather(*syncs, self._threads.run(self._stream.sync_names, inodes))

    async def sync(self, inode: int) -> None:
        """Make durable what earlier calls have written, and what an earlier process has.

        Who comes while an fsync is under way waits for the next one, which serves all who came.
        """
        if not self._durable:
            return
        syncs = self._syncs.get(inode)
        if syncs is None:
            syncs = self._syncs[inode] = _Syncs()
        syncs.asked += 1
        wanted = syncs.asked
        while syncs.done < wanted:
            if syncs.running is None:
                await self._sync(inode, syncs)
            else:
                await syncs.running

    async def _sync(self, inode: int, syncs: _Syncs) -> None:
        over: Wait[None] = Wait()
        syncs.running = over
        covered = syncs.asked
        try:
            file: DataFile | None = await self._in_order.run(self._stream.begin_sync, inode)
            if file is not None:
                try:
                    await self._threads.run(self._disk.sync, file.fd)
                finally:
                    self._stream.give_back(file)
        except BaseException as error:
            # Nobody may try again: the kernel would say that all is well.
            over.fail(error)
            raise
        syncs.running = None
        syncs.done = covered
        if covered == syncs.asked:
            del self._syncs[inode]
        over.resolve(None)

    async def checksums(self, inode: int, extents: Sequence[tuple[int, int]]) -> list[Extent]:
        """Make a file durable, and return checksums of (extent number, bytes at most)."""
        await self.sync(inode)
        file: DataFile | None = await self._in_order.run(self._stream.open, inode)
        if file is None:
            return [_UNREADABLE] * len(extents)
        try:
            found: list[Extent] = await self._threads.run(self._stream.checksums, file, extents)
        finally:
            self._stream.give_back(file)
        return found

    async def read(self, inode: int, offset: int, count: int) -> bytes:
        """Return bytes, fewer at the end of the file; none if there is no file."""
        file: DataFile | None = await self._in_order.run(self._stream.open, inode)
        if file is None:
            return b""
        try:
            data: bytes = await self._threads.run(self._disk.read, file.fd, count, offset)
        finally:
            self._stream.give_back(file)
        return data

    async def carry_out(self, work: FileWork) -> None:
        """Bring data files in line with the tables, durably."""
        if work.empty:
            directories: list[str] = await self._in_order.run(self._stream.empty)
            await self._threads.run(self._stream.sync_directories, directories)
        for start in range(0, len(work.files), _WORK_FILES_MAX):
            states = work.files[start : start + _WORK_FILES_MAX]
            await self._in_order.run(self._stream.bring_in_line, states)
            await self.settle([state.inode for state in states])

    def close(self) -> Wait[None]:
        """Let go of all descriptors, behind everything that was begun before."""
        return self._in_order.run(self._stream.close)
