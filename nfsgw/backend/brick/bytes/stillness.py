"""Bytes of a data file that are moving, and those who need them to stand still for a while.

Whoever writes, cuts, makes or levels a data file is *moving* its bytes, from the first system call
to the last, on all bricks.  Whoever copies or compares them across bricks keeps the file *still*
meanwhile: who moves it waits.  Nothing here waits for a commit, so a file can be kept still, and a
brick can be brought up to date, while changes wait for that brick to make up a quorum.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from nfsgw.waiting import Wait

__all__ = ["Stillness"]


class Stillness:
    """Which files' bytes move, and which are kept still; per inode."""

    def __init__(self) -> None:
        self._moving: dict[int, int] = {}
        self._still: dict[int, Wait[None]] = {}
        self._stopped: dict[int, Wait[None]] = {}

    @asynccontextmanager
    async def moving(self, inode: int) -> AsyncIterator[None]:
        """Move bytes of a file; others may do so at the same time."""
        await self.begin(inode)
        try:
            yield
        finally:
            self.end(inode)

    async def begin(self, inode: int) -> None:
        """Begin to move bytes, when nobody keeps the file still; :meth:`end` it."""
        while (still := self._still.get(inode)) is not None:
            await still
        self._moving[inode] = self._moving.get(inode, 0) + 1

    def end(self, inode: int) -> None:
        """Move bytes no more."""
        count = self._moving[inode] - 1
        if count:
            self._moving[inode] = count
            return
        del self._moving[inode]
        stopped = self._stopped.pop(inode, None)
        if stopped is not None:
            stopped.resolve(None)

    @asynccontextmanager
    async def still(self, inode: int) -> AsyncIterator[None]:
        """Keep a file still."""
        while (other := self._still.get(inode)) is not None:
            await other
        mine = self._still[inode] = Wait()
        try:
            if inode in self._moving:
                stopped = self._stopped[inode] = Wait()
                await stopped
            yield
        finally:
            del self._still[inode]
            mine.resolve(None)
