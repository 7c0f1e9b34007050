"""Data files: where they lie, and the descriptors that are open on them.

One data file per inode, ``data/xx/yy/<inode as 16 hex digits>``, sparse.  Inode numbers are given
out in sequence, so ``yy`` and ``xx`` are the bits above the lowest twelve: 4096 files born one
after another share a directory, and a new directory (with its fsyncs) is rare.

Descriptors are cached, least recently used first out.  A *pinned* file stays open: from the first
unsynced byte to its fsync, while a reply's :class:`~nfsgw.filerange.FileRange` has not been sent,
and while a thread works on it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from errno import ENOENT
from functools import partial
from typing import Any

from nfsgw.backend.brick.bytes.disk import Disk, write_all
from nfsgw.errors import FsCode, FsError
from nfsgw.filerange import FileRange
from nfsgw.waiting import Wait

__all__ = ["DESCRIPTORS_MAX", "DataFile", "DataFiles"]

DESCRIPTORS_MAX = 512
"""Descriptors kept open without being pinned; the usual limit of a process is 1024."""

_FILE_BITS = 12
_NAME_DIGITS = 16
_DIGITS = frozenset("0123456789abcdef")


class DataFile:
    """An open data file.

    :ivar pins: how many need it open.
    :ivar ranges: how many of them are replies on their way out; the file is not cut meanwhile.
    """

    __slots__ = ("fd", "gone", "idle", "inode", "pins", "ranges")

    def __init__(self, inode: int, fd: int) -> None:
        self.inode = inode
        self.fd = fd
        self.pins = 0
        self.ranges = 0
        self.gone = False
        self.idle: Wait[None] | None = None


class _Opening:
    """A file that is being opened in threads, for several at once perhaps."""

    __slots__ = ("count", "gone")

    def __init__(self) -> None:
        self.count = 0
        self.gone = False


class DataFiles:
    """The data files of one brick.

    :meth:`create` and :meth:`remove` are for any thread, all else is for the reactor's.

    :param root: the ``data`` directory.
    """

    def __init__(self, disk: Disk, root: str, descriptors_max: int = DESCRIPTORS_MAX) -> None:
        self._disk = disk
        self._root = root
        self._descriptors_max = descriptors_max
        # In order of use, the most recent last.
        self._open: dict[int, DataFile] = {}
        self._opening: dict[int, _Opening] = {}
        # Opened in a thread, and not taken by those who wait for them, who may have given up.
        self._arrived: dict[DataFile, None] = {}
        self._closed = False
        # Descriptors to be closed later; None: each is closed at once.
        self._kept: list[int] | None = None
        # Directories whose names are known to be durable; at most 65536.
        self._directories: set[str] = set()

    def path(self, inode: int) -> str:
        """Return the path of an inode's data file."""
        return f"{self.directory(inode)}/{inode:0{_NAME_DIGITS}x}"

    def directory(self, inode: int) -> str:
        """Return the path of the directory that an inode's data file lies in."""
        group = inode >> _FILE_BITS
        return f"{self._root}/{group >> 8 & 0xFF:02x}/{group & 0xFF:02x}"

    def open(self, inode: int) -> DataFile:
        """Return the data file, pinned; :meth:`unpin` it.

        :raises FileNotFoundError: there is none.
        :raises OSError: it cannot be opened.
        """
        file = self._open.pop(inode, None)
        if file is None:
            file = DataFile(inode, self._disk.open(self.path(inode)))
        return self._keep(file)

    async def open_aside(
        self, inode: int, run: Callable[..., Coroutine[Any, Any, Any]]
    ) -> DataFile:
        """Do as :meth:`open`; a disk that has to be asked, and may hang, is asked in a thread.

        :param run: ``await run(function, *args)`` runs a function in a thread.
        :raises FileNotFoundError: there is none, or it was removed meanwhile.
        :raises OSError: it cannot be opened.
        :raises FsError: TRY_LATER if all was closed meanwhile, or what ``run`` raises.
        """
        if inode in self._open:
            return self.open(inode)
        opening = self._opening.setdefault(inode, _Opening())
        opening.count += 1
        try:
            file: DataFile = await run(self._open_there, inode)
        finally:
            opening.count -= 1
            if not opening.count and not opening.gone:
                del self._opening[inode]
        taken = self._arrived.pop(file, file) is None
        if not taken:
            raise FsError(FsCode.TRY_LATER)
        if opening.gone:
            self._disk.close(file.fd)
            raise FileNotFoundError(ENOENT, "removed meanwhile", self.path(inode))
        if inode in self._open:
            # Another one was faster.
            self._disk.close(file.fd)
            return self.open(inode)
        return self._keep(file)

    def _open_there(self, inode: int) -> DataFile:
        """Open a file; runs in a thread."""
        file = DataFile(inode, self._disk.open(self.path(inode)))
        self._arrived[file] = None
        if self._closed:
            self._close_arrived()
        return file

    def _close_arrived(self) -> None:
        """Close what nobody will take any more; each file once, whichever thread comes first."""
        with suppress(KeyError):
            while True:
                file, _ = self._arrived.popitem()
                self._disk.close(file.fd)

    def _keep(self, file: DataFile) -> DataFile:
        self._open[file.inode] = file
        file.pins += 1
        if len(self._open) > self._descriptors_max:
            self._shrink()
        return file

    def pin(self, file: DataFile) -> None:
        """Keep a file open until one more :meth:`unpin`."""
        file.pins += 1

    def unpin(self, file: DataFile) -> None:
        """Undo one pin."""
        file.pins -= 1
        if file.gone and file.pins == 0:
            self._close(file.fd)

    def keep(self) -> None:
        """Close no descriptor before :meth:`let_go`.

        For an end at which nobody waits for what threads still do: the number of a descriptor
        that was closed under them could be that of another brick's file by then.
        """
        if self._kept is None:
            self._kept = []

    def let_go(self) -> None:
        """Close what has been kept: no thread is at work on it any more."""
        kept, self._kept = self._kept or [], None
        for fd in kept:
            self._disk.close(fd)

    def _close(self, fd: int) -> None:
        if self._kept is None:
            self._disk.close(fd)
        else:
            self._kept.append(fd)

    def reply(self, file: DataFile, offset: int, length: int) -> FileRange:
        """Return a range of a file for a reply; takes over the caller's pin."""
        file.ranges += 1
        return FileRange(file.fd, offset, length, partial(self._sent, file))

    def sent(self, inode: int) -> Wait[None] | None:
        """Return a Wait for the end of all replies that are ranges of the file; None if none."""
        file = self._open.get(inode)
        if file is None or file.ranges == 0:
            return None
        if file.idle is None:
            file.idle = Wait()
        return file.idle

    def create(self, inode: int, data: bytes) -> None:
        """Make the data file with these bytes, everything durable; what lay there is dropped.

        Runs in a thread.  The inode must not name the file yet.
        """
        disk = self._disk
        directory = self.directory(inode)
        if directory not in self._directories:
            # Synced even if it is there: a crash may have come between its making and its fsync.
            parent = directory[: directory.rindex("/")]
            for path, above in ((parent, self._root), (directory, parent)):
                disk.make_directory(path)
                disk.sync_directory(above)
            self._directories.add(directory)
        fd = disk.create(self.path(inode))
        try:
            if data:
                write_all(disk, fd, data, 0)
            disk.sync(fd)
        finally:
            disk.close(fd)
        disk.sync_directory(directory)

    def remove(self, inode: int) -> None:
        """Remove the data file, if it is there, durably.  Runs in a thread."""
        disk = self._disk
        if not disk.unlink(self.path(inode)):
            self.check_root()
        # Even if it was not there: a crash may have come between the unlink and its fsync.
        try:
            disk.sync_directory(self.directory(inode))
        except FileNotFoundError:
            # It was never made, or the brick has been moved away since the unlink.
            self.check_root()

    def check_root(self) -> None:
        """Look whether the brick is where it was, after a data file was not found.  Blocks.

        If the whole brick has been moved away its tables go on, but the file is still there.

        :raises FileNotFoundError: it is not.
        """
        self._disk.space(self._root)

    def forget(self, inode: int) -> None:
        """Close the descriptor, now or when the last pin goes: the file is being removed."""
        opening = self._opening.pop(inode, None)
        if opening is not None:
            opening.gone = True
        file = self._open.pop(inode, None)
        if file is not None:
            file.gone = True
            if file.pins == 0:
                self._close(file.fd)

    def close(self) -> None:
        """Close what is not pinned, at the brick's end; the rest closes with its last pin."""
        self._closed = True
        self._close_arrived()
        for inode in list(self._open):
            self.forget(inode)

    def inodes(self) -> Iterator[int]:
        """Yield the inodes that have a data file, ascending within each directory.

        Names that cannot be a data file's are passed over.
        """
        names = self._disk.names
        for upper in names(self._root):
            for lower in names(f"{self._root}/{upper}"):
                for name in names(f"{self._root}/{upper}/{lower}"):
                    if len(name) == _NAME_DIGITS and not set(name) - _DIGITS:
                        yield int(name, 16)

    def _shrink(self) -> None:
        for inode, file in list(self._open.items()):
            if file.pins == 0:
                del self._open[inode]
                self._close(file.fd)
                if len(self._open) <= self._descriptors_max:
                    return

    def _sent(self, file: DataFile) -> None:
        file.ranges -= 1
        if file.ranges == 0 and file.idle is not None:
            idle, file.idle = file.idle, None
            idle.resolve(None)
        self.unpin(file)
