"""Bytes that were written and are not durable yet, and the fsyncs that make them so.

One fsync serves everybody who waits for bytes written before it began.  Who comes while one is
under way waits for the next, because the running one may have passed its bytes already.
"""

from __future__ import annotations

from typing import Final

from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.errors import FsError
from nfsgw.waiting import Wait

__all__ = ["DIRTY_MAX", "Flushes"]

DIRTY_MAX: Final = 256
"""Files with bytes that are not durable; beyond it the oldest are flushed without being asked, so
that clients who never COMMIT do not use up the process's descriptors."""


class _Dirty:
    """One file with bytes that are not durable; its descriptor is pinned.

    ``written`` counts the writes, ``flushed`` those of them that an fsync has covered.
    """

    __slots__ = ("file", "flushed", "gone", "running", "written")

    def __init__(self, file: DataFile) -> None:
        self.file = file
        self.written = 0
        self.flushed = 0
        self.gone = False
        self.running: Wait[None] | None = None


class Flushes:
    """Which files are dirty, and the flushing of them; where fsync is not real, none ever is."""

    def __init__(self, means: Means, files: DataFiles) -> None:
        self._means = means
        self._files = files
        self._dirty: dict[int, _Dirty] = {}
        self._failed = False
        self._closed = False

    def wrote(self, file: DataFile) -> None:
        """Take note that bytes of a file are in the page cache only."""
        if not self._means.options.durable or self._closed:
            # At the end nobody would let go of the file.
            return
        dirty = self._dirty.get(file.inode)
        if dirty is None:
            self._files.pin(file)
            dirty = self._dirty[file.inode] = _Dirty(file)
            if len(self._dirty) > DIRTY_MAX:
                self._flush_oldest()
        dirty.written += 1

    def _flush_oldest(self) -> None:
        for inode, dirty in self._dirty.items():
            if dirty.running is None:
                self._means.tasks.start(self.flush(inode))
                return

    async def flush(self, inode: int) -> None:
        """Return when all bytes that :meth:`wrote` was told of until now are durable.

        :raises FsError: IO or UNDECIDED: an fsync failed, and the brick with it.
        """
        if self._failed:
            # The kernel tells of an error once; a second fsync would succeed and mean nothing.
            raise FsError(self._means.brick.lost)
        dirty = self._dirty.get(inode)
        if dirty is None:
            return
        wanted = dirty.written
        while dirty.flushed < wanted:
            if dirty.running is None:
                await self._sync(inode, dirty)
            else:
                await dirty.running

    async def _sync(self, inode: int, dirty: _Dirty) -> None:
        covered = dirty.written
        over: Wait[None] = Wait()
        dirty.running = over
        means = self._means
        others = None if means.copies is None else means.copies.sync(inode)
        try:
            await means.run_in_thread(means.disk.sync, dirty.file.fd)
            if others is not None:
                await others
        except (OSError, FsError) as error:
            self._failed = True
            if isinstance(error, OSError):
                means.brick.flush_failed(error)
            dirty.running = None
            if dirty.gone:
                self._files.unpin(dirty.file)
            failure = FsError(means.brick.lost)
            over.fail(failure)
            raise failure from error
        dirty.running = None
        dirty.flushed = covered
        if dirty.gone:
            # Nobody can see what was written since.
            dirty.flushed = dirty.written
            self._files.unpin(dirty.file)
        elif dirty.written == covered:
            del self._dirty[inode]
            self._files.unpin(dirty.file)
        over.resolve(None)

    def forget(self, inode: int) -> None:
        """Drop a file that has been removed; who waits for a flush of it is still served."""
        dirty = self._dirty.pop(inode, None)
        if dirty is not None:
            dirty.gone = True
            if dirty.running is None:
                self._files.unpin(dirty.file)

    def close(self) -> None:
        """Let go of the files that are still dirty: the brick has failed, or was told to end."""
        self._closed = True
        for inode in list(self._dirty):
            self.forget(inode)

    def inodes(self) -> list[int]:
        """Return the inodes of the files that are dirty."""
        return list(self._dirty)
