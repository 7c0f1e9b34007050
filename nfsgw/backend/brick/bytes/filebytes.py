"""The bytes of one brick's files: READ, WRITE, COMMIT, and the changes that cut or remove them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, Final, TypeVar

from nfsgw.backend.brick.bytes.cuts import Cut, Cuts
from nfsgw.backend.brick.bytes.disk import DiskSpace
from nfsgw.backend.brick.bytes.extents import OpenExtents
from nfsgw.backend.brick.bytes.files import DataFile, DataFiles
from nfsgw.backend.brick.bytes.flushing import Flushes
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.bytes.mending import Mending
from nfsgw.backend.brick.bytes.order import Order, StableWrites
from nfsgw.backend.brick.bytes.reading import Reading
from nfsgw.backend.brick.bytes.records import reopen_boundary, writing_extents
from nfsgw.backend.brick.bytes.space import Room
from nfsgw.backend.brick.bytes.writing import Writing
from nfsgw.backend.brick.keys import inode_key, inode_of
from nfsgw.backend.brick.schema import size_of, unpack_number
from nfsgw.backend.brick.view import Change, Table
from nfsgw.errors import FsError

__all__ = ["FileBytes"]

T = TypeVar("T")

_INODE: Final = Table.INODE
_INLINE: Final = Table.INLINE
_TRIM: Final = Table.TRIM


class _Busy(Exception):
    """An operation must not happen now, because of what is under way with a file's bytes."""

    def __init__(self, inode: int) -> None:
        super().__init__(inode)
        self.inode = inode


class FileBytes:
    """The data path of one open brick.

    :param means: the brick, the disk, threads, clock, timers and options.
    :param root: the brick's ``data`` directory.
    """

    def __init__(self, means: Means, root: str) -> None:
        self._means = means
        self.files = DataFiles(means.disk, root, means.options.descriptors_max)
        self.order = Order()
        stable = StableWrites()
        flushes = Flushes(means, self.files)
        self.extents = OpenExtents(means, self.files, flushes, self.order)
        self.cuts = Cuts(means, self.files, flushes, self.extents)
        self._room = Room(means, root)
        self.mending = Mending(means, self.files)
        reading = Reading(means, self.files, stable, self.extents, self.mending)
        writing = Writing(
            means, self.files, self.order, stable, flushes, self.extents, self.cuts, self._room
        )
        self._flushes = flushes
        self.read = reading.read
        self.write = writing.write
        self.commit = writing.commit

    async def start(self) -> None:
        """Take up what the last run left: cuts that were ordered, extents being written.

        Call once, before anything else.

        :raises FsError: IO if the brick failed.
        :raises OSError: a data file cannot be opened or cut.
        """
        view = self._means.brick.view()
        extents = writing_extents(view)
        sizes: dict[int, int] = {}
        for inode, _ in extents:
            record = view.get(Table.INODE, inode_key(inode))
            if record is not None:
                sizes[inode] = size_of(record)
        if sizes:
            await self._means.blocking(self._cut_off, sizes)
        self.cuts.recover()
        self.extents.take_up(extents)

    def _cut_off(self, sizes: dict[int, int]) -> None:
        """Cut off what writes that never became visible have left beyond the sizes.  Blocks."""
        disk = self._means.disk
        for inode, size in sizes.items():
            try:
                fd = disk.open(self.files.path(inode))
            except FileNotFoundError:
                continue
            try:
                if disk.size(fd) > size:
                    disk.cut(fd, size)
            finally:
                disk.close(fd)

    async def stop(self) -> None:
        """Return when no work is under way and all bytes are durable; then close the brick.

        Calls in flight end first; there must be no new ones.
        """
        self.extents.stop()
        self.cuts.stop()
        while True:
            await self.order.emptied()
            await self._means.tasks.drain()
            # The end of a cut lets go on who waited for it.
            if self.order.empty:
                break
        with suppress(FsError):
            for inode in self._flushes.inodes():
                await self._flushes.flush(inode)
        self.close()

    def close(self) -> None:
        """Let go of all files.

        Called again when the brick is closed: a call that waited for its last commit may have
        opened one.
        """
        self.extents.stop()
        self._flushes.close()
        self.files.close()

    async def change(
        self,
        function: Callable[..., T],
        *args: Any,  # noqa: ANN401 - the operation's own arguments, handed through
        request: bytes | None = None,
        frees: bool = False,
    ) -> T:
        """Run an operation that may cut or remove a file's bytes, in order with its writes.

        For SETATTR, CREATE (of size 0), REMOVE and RENAME; other operations may go to the brick
        directly.  If the operation would cut bytes of a file that is being written, it has no
        effect, waits for those writes and runs again; writes that come later wait for it.
        """
        held: list[int] = []
        try:
            while True:
                ordered: list[Cut] = []
                try:
                    result: T = await self._means.brick.change(
                        self._guarded,
                        held,
                        ordered,
                        function,
                        args,
                        request=request,
                        frees=frees,
                    )
                except _Busy as busy:
                    await self._quiet(busy.inode, held)
                    continue
                except FsError:
                    for cut in ordered:
                        self.cuts.cancel(cut)
                    raise
                for cut in ordered:
                    self.cuts.begin(cut)
                return result
        finally:
            for inode in held:
                self.order.release(inode)

    async def _quiet(self, inode: int, held: list[int]) -> None:
        """Keep a file for an operation that found it busy; wait for a cut of it."""
        # Files are kept in ascending order, so that two operations never wait for each other.
        if inode not in held:
            wanted = sorted((*held, inode))
            for other in held:
                self.order.release(other)
            held.clear()
            for other in wanted:
                await self.order.hold(other)
                held.append(other)
        cut = self.cuts.get(inode)
        if cut is not None:
            await cut.over

    def _guarded(
        self,
        change: Change,
        held: list[int],
        ordered: list[Cut],
        function: Callable[..., T],
        args: tuple[Any, ...],
    ) -> T:
        """Run an operation; refuse what comes at the wrong time, and note the cuts it orders.

        Runs when the record is made, so what it looks at and what it notes are of one moment.
        """
        result = function(change, *args)
        order = self.order
        cuts = self.cuts
        any_cuts = len(cuts)
        if order.idle and not any_cuts and not change.orders_cut:
            return result
        trims: dict[int, int] = {}
        for (table, key), value in change.changes.items():
            if table is _TRIM or table is _INLINE:
                inode = inode_of(key)
                if inode not in held and order.busy(inode):
                    raise _Busy(inode)
                if table is _TRIM and value is not None:
                    if cuts.get(inode) is not None:
                        raise _Busy(inode)
                    trims[inode] = unpack_number(value)
            elif any_cuts and table is _INODE and value is not None:
                inode = inode_of(key)
                cut = cuts.get(inode)
                if cut is not None and size_of(value) > cut.size:
                    raise _Busy(inode)
        for inode, size in trims.items():
            if change.get(Table.INODE, inode_key(inode)) is not None:
                reopen_boundary(change, inode, size)
            ordered.append(cuts.order(inode, size))
        return result

    def still(self, inode: int) -> AbstractAsyncContextManager[None]:
        """Keep a file's bytes still, on all bricks; records about it go on."""
        return self._means.stillness.still(inode)

    async def open_file(self, inode: int) -> DataFile:
        """Return a data file, pinned; see :meth:`DataFiles.open_aside`."""
        return await self.files.open_aside(inode, self._means.blocking)

    def disk_failed(self, error: OSError) -> FsError | None:
        """Decide what an error of this brick's disk is; see :meth:`Means.disk_failed`."""
        return self._means.disk_failed(error)

    def room(self) -> DiskSpace:
        """Return the room on the brick's file system, for FSSTAT.

        :raises FsError: IO.
        """
        return self._room.read()
