"""Cutting data files after the record that orders it: the work behind the TRIM keys.

A smaller size, or the removal of a file, puts a TRIM key in its record.  When that record has been
committed the data is cut, the cut is made durable, the keys of the extents beyond it are deleted
in records of bounded size, and the last of these deletes the TRIM key.  A crash at any point finds
the key and does it all again.  While a cut is under way nothing beyond it is written and the file
does not grow; reads are bounded by the size, which is the cut.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Final

from nfsgw.backend.brick.bytes.disk import NO_DESCRIPTORS
from nfsgw.backend.brick.bytes.extents import OpenExtents
from nfsgw.backend.brick.bytes.files import DataFiles
from nfsgw.backend.brick.bytes.flushing import Flushes
from nfsgw.backend.brick.bytes.means import Means
from nfsgw.backend.brick.bytes.records import boundary_open, clear_extents, end_trim, trims
from nfsgw.backend.brick.schema import EXTENT_BYTES
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["CUTS_MAX", "Cut", "Cuts"]

CUTS_MAX: Final = 16
"""Cuts under way at the same time; more of them wait, as numbers only."""

_RETRY_S: Final = 1.0
_NEWS_S: Final = 2.5
"""How long after a cut on all bricks their room may still be what it was before: the longest time
between two looks at it, two heartbeats, and two looks at what these have said."""


class Cut:
    """A cut that has been ordered; ``over`` is done when the TRIM key has gone."""

    __slots__ = ("inode", "over", "size")

    def __init__(self, inode: int, size: int) -> None:
        self.inode = inode
        self.size = size
        self.over: Wait[None] = Wait()


class Cuts:
    """The cuts of one brick, by inode."""

    def __init__(
        self, means: Means, files: DataFiles, flushes: Flushes, extents: OpenExtents
    ) -> None:
        self._means = means
        self._files = files
        self._flushes = flushes
        self._extents = extents
        self._cuts: dict[int, Cut] = {}
        self._waiting: deque[Cut] = deque()
        self._active = 0
        self._starting = False
        self._stopped = False
        self._last_end_s = -_NEWS_S

    def get(self, inode: int) -> Cut | None:
        """Return the cut that is ordered for a file, if there is one."""
        return self._cuts.get(inode)

    def __len__(self) -> int:
        return len(self._cuts)

    @property
    def frees_room(self) -> bool:
        """Say whether cuts give room back that nobody knows of yet."""
        if self._cuts:
            return True
        if self._means.copies is None:
            return False
        return self._means.clock.seconds() < self._last_end_s + _NEWS_S

    def order(self, inode: int, size: int) -> Cut:
        """Take note of a cut, in the same turn as the record that orders it."""
        assert inode not in self._cuts, "a second cut was ordered before the first was done"
        cut = self._cuts[inode] = Cut(inode, size)
        self._extents.cut(inode, size)
        return cut

    def cancel(self, cut: Cut) -> None:
        """Forget a cut whose record was not made after all."""
        self._end(cut)
        cut.over.resolve(None)

    def _end(self, cut: Cut) -> None:
        del self._cuts[cut.inode]
        self._extents.cut_over(cut.inode)

    def begin(self, cut: Cut) -> None:
        """Carry a cut out: the record that orders it has been committed."""
        self._waiting.append(cut)
        self._next()
        if self._stopped:
            self._leave()

    def stop(self) -> None:
        """Begin no more cuts: those that wait are left to the next start, which finds their keys.

        They still count as ordered, so nothing is written beyond them; who waits for one is told
        to try again later.
        """
        self._stopped = True
        self._leave()

    def _leave(self) -> None:
        while self._waiting:
            self._waiting.popleft().over.fail(FsError(FsCode.TRY_LATER))

    def recover(self) -> None:
        """Begin all cuts whose TRIM keys a crash has left."""
        for inode, size in trims(self._means.brick.view()):
            self.begin(self.order(inode, size))

    def _next(self) -> None:
        if self._starting or self._stopped:
            # A cut that ended at once (the brick has failed): the loop below goes on, where a
            # call per cut would nest as deep as the queue is long.
            return
        self._starting = True
        try:
            while self._waiting and self._active < CUTS_MAX:
                self._active += 1
                self._means.tasks.start(self._carry_out(self._waiting.popleft()))
        finally:
            self._starting = False

    async def _carry_out(self, cut: Cut) -> None:
        try:
            await self._cut_in_time(cut)
        except (OSError, FsError) as error:
            if isinstance(error, OSError):
                # The bytes must go and do not: a disk that fails, like a failed fsync.
                self._means.brick.flush_failed(error)
            self._end(cut)
            cut.over.fail(FsError(self._means.brick.lost))
        else:
            self._end(cut)
            cut.over.resolve(None)
        finally:
            self._last_end_s = self._means.clock.seconds()
            self._active -= 1
            self._next()

    async def _cut_in_time(self, cut: Cut) -> None:
        """Carry a cut out as soon as there are descriptors for it."""
        while True:
            try:
                await self._cut(cut)
            except OSError as error:
                if error.errno not in NO_DESCRIPTORS:
                    raise
            else:
                return
            over: Wait[None] = Wait()
            self._means.call_later(_RETRY_S, partial(over.resolve, None))
            await over

    async def _cut(self, cut: Cut) -> None:
        means = self._means
        inode = cut.inode
        # Bytes of an extent that is being levelled could arrive behind the cut.
        await self._extents.settled(inode)
        async with means.stillness.moving(inode):
            if cut.size == 0:
                await self._remove(inode)
            else:
                await self._shorten(inode, cut.size)
        self._extents.forget(inode, cut.size)
        while await means.brick.change(clear_extents, inode, cut.size, frees=True):
            pass
        await means.brick.change(end_trim, inode, cut.size, frees=True)
        if boundary_open(means.brick.view(), inode, cut.size):
            self._extents.add([(inode, cut.size // EXTENT_BYTES)])

    async def _remove(self, inode: int) -> None:
        """Remove the data file; replies on their way out keep what they have open."""
        self._flushes.forget(inode)
        self._files.forget(inode)
        means = self._means
        others = None if means.copies is None else means.copies.remove(inode)
        await means.everywhere(others, self._files.remove, inode)

    async def _shorten(self, inode: int, size: int) -> None:
        means = self._means
        try:
            file = await self._files.open_aside(inode, means.blocking)
        except FileNotFoundError:
            # Lost, which the next read will say.
            await means.blocking(self._files.check_root)
            return
        try:
            await self._replies_sent(inode)
            others = None if means.copies is None else means.copies.cut(inode, size)
            await means.everywhere(others, self._shorten_file, file.fd, size)
        finally:
            self._files.unpin(file)

    def _shorten_file(self, fd: int, size: int) -> None:
        disk = self._means.disk
        if disk.size(fd) > size:
            disk.cut(fd, size)
        disk.sync(fd)

    async def _replies_sent(self, inode: int) -> None:
        """Wait, but not for ever, until no reply on its way out is a range of the file.

        A reply whose length is on the wire already and whose bytes have gone costs its client the
        connection.
        """
        sent = self._files.sent(inode)
        if sent is None:
            return
        over: Wait[None] = Wait()

        def end() -> None:
            if not over.done:
                over.resolve(None)

        timer = self._means.call_later(self._means.options.send_s, end)
        sent.add_callback(end)
        await over
        if sent.done:
            timer.cancel()
