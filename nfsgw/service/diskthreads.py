"""Work on disks that may never answer: each piece in a thread of its own, awaited for a while.

A call to a broken disk can hang in the kernel for ever, and cannot be taken back.  The daemon must
neither wait with it, nor send more threads after it, nor fail to end because of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from nfsgw.backend.brick.starting import CallLater
from nfsgw.errors import NfsgwError
from nfsgw.turn import Turn
from nfsgw.waiting import Wait

__all__ = ["LOOK_S", "WORK_S", "DiskHangs", "DiskThreads", "begin_thread"]

T = TypeVar("T")

LOOK_S: Final = 3.0
"""How long a look at a disk may take."""

WORK_S: Final = 60.0
"""How long making or marking a brick may take."""


class DiskHangs(NfsgwError):
    """A disk has not answered in time."""


class _Piece:
    """Work that is under way at a place.

    :ivar hangs: somebody has waited for it in vain.
    """

    def __init__(self) -> None:
        self.ended: Wait[Any] = Wait()
        self.hangs = False


def begin_thread(work: Callable[[], None]) -> None:
    """Run ``work`` in a thread that does not keep the process from ending."""
    threading.Thread(target=work, name="disk", daemon=True).start()


class DiskThreads:
    """Runs blocking functions, at one place one after the other.

    :param call_later: ``reactor.callLater``.
    :param call_from_thread: ``reactor.callFromThread``.
    :param begin: starts a thread; a test's own otherwise.
    """

    def __init__(
        self,
        call_later: CallLater,
        call_from_thread: Callable[..., object],
        turn: Turn,
        begin: Callable[[Callable[[], None]], None] = begin_thread,
    ) -> None:
        self._call_later = call_later
        self._call_from_thread = call_from_thread
        self._turn = turn
        self._begin = begin
        self._under_way: dict[Path, _Piece] = {}

    async def run(self, path: Path, function: Callable[[], T], limit_s: float = WORK_S) -> T:
        """Return what a function returns that works on the disk of ``path``.

        While an earlier piece of work at the same path hangs, nothing is begun there.

        :raises DiskHangs: it has not ended in time; it may still, unseen.
        """
        while (earlier := self._under_way.get(path)) is not None:
            await self._end(earlier, path, limit_s)
        piece = _Piece()
        self._under_way[path] = piece
        self._begin(lambda: self._work(path, piece, function))
        await self._end(piece, path, limit_s)
        result: T = piece.ended.result()
        return result

    async def look(self, path: Path, function: Callable[[], T]) -> T:
        """Do as :meth:`run`, for a function that only looks."""
        return await self.run(path, function, LOOK_S)

    async def _end(self, piece: _Piece, path: Path, limit_s: float) -> None:
        """Wait until work has ended, with whatever result.

        :raises DiskHangs: it has not, or is known not to.
        """
        if not piece.hangs:
            await self._wait(piece.ended, limit_s)
        if not piece.ended.done:
            piece.hangs = True
            raise DiskHangs(f"{path} does not answer: its disk hangs")

    async def _wait(self, ended: Wait[Any], limit_s: float) -> None:
        """Wait for the end of some work, or of some time."""
        if ended.done:
            return
        in_time: Wait[bool] = Wait()

        def wake(whether: bool) -> None:
            if not in_time.done:
                in_time.resolve(whether)

        ended.add_callback(partial(wake, True))
        timer = self._call_later(limit_s, partial(wake, False))
        if await in_time:
            timer.cancel()

    def _work(self, path: Path, piece: _Piece, function: Callable[[], object]) -> None:
        """Run in the thread."""
        try:
            result = function()
        except BaseException as error:  # noqa: BLE001 - handed to whoever awaits the result
            self._call_from_thread(self._finish, path, piece, piece.ended.fail, error)
        else:
            self._call_from_thread(self._finish, path, piece, piece.ended.resolve, result)

    def _finish(
        self, path: Path, piece: _Piece, end: Callable[[Any], None], value: object
    ) -> None:
        del self._under_way[path]
        with self._turn:
            end(value)
