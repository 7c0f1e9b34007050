"""Waiting for bricks that may never answer."""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from nfsgw.backend.brick.starting import CallLater, Delayed
from nfsgw.backend.replica.member import MemberFailed
from nfsgw.clock import Clock
from nfsgw.waiting import Wait

__all__ = ["Patience"]

T = TypeVar("T")


class Patience:
    """Waits of one piece of work, all of which end when it is stopped or nothing moves any more.

    A call that was waited for in vain may still be carried out: whoever gives up must not count on
    the brick any more.

    :param limit_s: how long none of the calls that are under way may be answered.
    """

    def __init__(self, clock: Clock, call_later: CallLater, limit_s: float) -> None:
        self._clock = clock
        self._call_later = call_later
        self._limit_s = limit_s
        self._error: Exception | None = None
        self._count = 0
        self._waiting: dict[int, Wait[None]] = {}
        self._answers = 0
        self._moved_s = 0.0
        self._timer: Delayed | None = None

    def stop(self, error: Exception) -> None:
        """Raise ``error`` wherever something is awaited, now and later; the first one counts."""
        if self._error is not None:
            return
        self._error = error
        self._stop_timer()
        waiting, self._waiting = self._waiting, {}
        for over in waiting.values():
            over.resolve(None)

    def check(self) -> None:
        """Raise the error if it was stopped."""
        if self._error is not None:
            raise self._error

    async def answer(self, wait: Wait[T]) -> T:
        """Wait for an answer, and return it.

        :raises MemberFailed: none came, or what the call itself raises.
        :raises Exception: what it was stopped with.
        """
        self.check()
        if not wait.done:
            self._begin()
            try:
                await self._until(wait)
            finally:
                self._end()
        return wait.result()

    async def pause(self, delay_s: float) -> None:
        """Let others have their turn, for so long or, if it is 0, for a moment."""
        self.check()
        over: Wait[None] = Wait()
        timer = self._call_later(delay_s, partial(over.resolve, None))
        try:
            await self._until(over)
        finally:
            if not over.done:
                timer.cancel()

    async def _until(self, wait: Wait[T]) -> None:
        """Return when a wait is done; raise when this is stopped."""
        self._count += 1
        number = self._count
        over: Wait[None] = Wait()
        self._waiting[number] = over
        wait.add_callback(partial(self._over, number))
        await over
        self.check()

    def _over(self, number: int) -> None:
        over = self._waiting.pop(number, None)
        if over is not None:
            over.resolve(None)

    def _begin(self) -> None:
        if not self._answers:
            self._moved_s = self._clock.seconds()
        self._answers += 1
        if self._timer is None and self._error is None:
            self._timer = self._call_later(self._limit_s, self._look)

    def _end(self) -> None:
        self._answers -= 1
        self._moved_s = self._clock.seconds()

    def _look(self) -> None:
        self._timer = None
        if not self._answers:
            return
        left_s = self._moved_s + self._limit_s - self._clock.seconds()
        if left_s > 0:
            self._timer = self._call_later(left_s, self._look)
        else:
            self.stop(MemberFailed(f"no answer for {self._limit_s:g} s"))

    def close(self) -> None:
        """Need no timer any more; nothing may be awaited."""
        self._stop_timer()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
