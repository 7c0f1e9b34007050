"""Patience with a backend that cannot serve just now: calls are held, and tried again.

TRY_LATER means "certainly without effect" (no quorum, a failover under way).  Answering so at once
would make a Linux client sleep for five seconds, and ``mount`` fail; so a call is held first, and
tried again until it succeeds or ``hold_s`` has passed.

UNDECIDED means that the brick which had the call has failed, and nobody knows yet whether it took
effect.  "Later" would be a lie then: the client would repeat it as a new call.  Such a call is
tried again, under its request id, until the next primary knows.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from nfsgw.clock import Clock
from nfsgw.errors import FsCode, FsError
from nfsgw.waiting import Wait

__all__ = ["HELD", "Holding"]

R = TypeVar("R")

HELD: Final = (FsCode.TRY_LATER, FsCode.UNDECIDED)
"""Errors that a call is held for."""

_RETRY_FIRST_S = 0.05
_RETRY_MAX_S = 1.0


class Holding:
    """Repeats calls.

    :param hold_s: how long a call is held that certainly had no effect.
    :param call_later: ``reactor.callLater``.
    """

    __slots__ = ("_call_later", "_clock", "hold_s")

    def __init__(
        self,
        hold_s: float,
        clock: Clock,
        call_later: Callable[[float, Callable[[], None]], object],
    ) -> None:
        self.hold_s = hold_s
        self._clock = clock
        self._call_later = call_later

    async def run(self, call: Callable[[], Coroutine[Any, Any, R]], *, patient: bool = False) -> R:
        """Run a call, and repeat it while it cannot be served.

        :param patient: without end, for protocols that have no word for "later".
        :raises FsError: TRY_LATER as :meth:`repeat` does, unless patient; any other error at once.
        """
        try:
            return await call()
        except FsError as error:
            if error.code not in HELD:
                raise
            code = error.code
        while True:
            try:
                return await self.repeat(call, code)
            except FsError as error:
                if not patient or error.code is not FsCode.TRY_LATER:
                    raise
                code = error.code

    async def repeat(self, call: Callable[[], Coroutine[Any, Any, R]], first: FsCode) -> R:
        """Repeat a call until it is served.

        :param first: what it was told the first time, one of :data:`HELD`.
        :raises FsError: TRY_LATER after ``hold_s``, unless the call was told UNDECIDED; any other
            error at once.
        """
        deadline = self._clock.seconds() + self.hold_s
        undecided = first is FsCode.UNDECIDED
        pause = _RETRY_FIRST_S
        while True:
            left = deadline - self._clock.seconds()
            if left <= 0 and not undecided:
                raise FsError(FsCode.TRY_LATER)
            await self._sleep(pause if undecided else min(pause, left))
            pause = min(2 * pause, _RETRY_MAX_S)
            try:
                return await call()
            except FsError as error:
                if error.code not in HELD:
                    raise
                undecided = undecided or error.code is FsCode.UNDECIDED

    def _sleep(self, seconds: float) -> Wait[None]:
        wait: Wait[None] = Wait()
        self._call_later(seconds, lambda: wait.resolve(None))
        return wait
