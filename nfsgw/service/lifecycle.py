"""Parts that start one after another and stop in reverse.

Twisted's ``MultiService`` begins to start (and to stop) all children at once and waits for none;
here a part starts when the one that it needs is really there.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from nfsgw.errors import NfsgwError
from nfsgw.waiting import Wait, step

__all__ = ["OrderedService", "Part", "StartError"]


class StartError(NfsgwError):
    """A part cannot start; everything before it has been stopped again."""


async def _nothing() -> None:
    return


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that starts and stops.

    :param name: for the log and for errors: what a person would call it.
    :param start: returns when the part works; its error ends the whole start.
    :param stop: returns when the part is gone.
    """

    name: str
    start: Callable[[], Coroutine[Any, Any, None]]
    stop: Callable[[], Coroutine[Any, Any, None]] = _nothing


class OrderedService:
    """Starts parts in order and stops those that started in reverse order.

    :param stop_s: how long one part may take to stop; then it is left behind, with a warning, so
        that a stuck one does not keep the others (a database, say) from closing in order.
    """

    log = Logger()

    def __init__(self, timers: IReactorTime, parts: Sequence[Part], stop_s: float) -> None:
        self._timers = timers
        self._parts = parts
        self._stop_s = stop_s
        self._started: list[Part] = []

    async def start(self) -> None:
        """Start all parts.

        :raises Exception: what a part raised, after those before it have been stopped.
        """
        for part in self._parts:
            self.log.debug("starting {part}", part=part.name)
            try:
                await part.start()
            except Exception:
                await self.stop()
                raise
            self._started.append(part)

    async def stop(self) -> None:
        """Stop what has started; errors are logged, and keep no other part from stopping."""
        while self._started:
            part = self._started.pop()
            self.log.debug("stopping {part}", part=part.name)
            try:
                await self._within(step(part.stop()), part)
            except Exception:  # noqa: BLE001 - the parts below must be stopped all the same
                self.log.failure("{part} did not stop in order", part=part.name)

    async def _within(self, stopping: Wait[None], part: Part) -> None:
        """Wait for ``stopping``, but not longer than the deadline."""
        ended: Wait[None] = Wait()

        def end() -> None:
            if not ended.done:
                ended.resolve(None)

        stopping.add_callback(end)
        if ended.done:
            stopping.result()
            return
        timer = self._timers.callLater(self._stop_s, end)
        await ended
        if timer.active():
            timer.cancel()
        if stopping.done:
            stopping.result()
        else:
            self.log.warn(
                "{part} has not stopped after {stop_s} s; going on without it",
                part=part.name,
                stop_s=self._stop_s,
            )
