"""How a client of the simulated volume makes its calls, whatever befalls the daemon.

It sends a call again, under the same request id, when the daemon died or says that it does
not know how the call has ended; that is what a gateway does for its clients.  Calls that were
answered are sent again now and then: the answer must be the first one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, TypeVar

from nfsgw.backend.volume.running import RunningVolume
from nfsgw.errors import FsCode, FsError
from tests.simulation.checkers import check_replied
from tests.simulation.machine import Machine, Unreachable
from tests.simulation.model import Mismatch

__all__ = ["Call", "Caller", "NoRoom"]

T = TypeVar("T")
Call = Callable[[RunningVolume, bytes], Coroutine[Any, Any, T]]
"""``call(volume, request)``."""

_REMEMBERED = 8
_PAUSE_QUICK_S = 0.005
_PAUSE_FIRST_S = 0.03
_PAUSE_MAX_S = 0.5


class NoRoom(Exception):
    """A brick is full, so a call was refused."""


class Caller:
    """The way of one client to the volume.

    :ivar doing: what it waits for, in words.
    :ivar quick: it asks again as soon as there is somebody to ask.
    :ivar patient: a call that is refused for want of room is made until there is some.
    """

    def __init__(self, name: str, machine: Machine, random: Random) -> None:
        self.name = name
        self.machine = machine
        self.random = random
        self.doing = "nothing"
        self.quick = False
        self.patient = False
        self.calls = 0
        self.answered: deque[tuple[str, bytes, Call[Any], object]] = deque(maxlen=_REMEMBERED)
        self._digest = name.encode().ljust(8, b".")
        self._world = machine.scheduler.world

    async def change(self, what: str, call: Call[T], keep: bool = True) -> T:
        """Make a changing call.

        :param keep: its answer must stay the same for ever; False if it changes nothing, or
            promises nothing.
        :raises NoRoom: it was refused, and has no effect.
        """
        request = self._new_request()

        async def checked(volume: RunningVolume, request: bytes) -> T:
            result = await call(volume, request)
            if keep:
                check_replied(self.machine.in_sync(), request, f"{self.name}: {what}")
            return result

        result = await self._until_served(what, checked, request)
        if keep:
            self.answered.append((what, request, call, result))
        return result

    async def ask(self, what: str, call: Callable[[RunningVolume], Coroutine[Any, Any, T]]) -> T:
        """Make a call that changes nothing."""
        return await self._until_served(what, lambda volume, _: call(volume), b"")

    async def refused(self, what: str, call: Call[Any], code: FsCode) -> None:
        """Make a call that must fail with a certain error."""
        try:
            await self._until_served(what, call, self._new_request())
        except FsError as error:
            if error.code is not code:
                raise
        else:
            raise Mismatch(f"{self.name}: {what} succeeded instead of {code.name}")

    async def send_again(self) -> None:
        """Send some answered calls again."""
        for what, request, call, first in list(self.answered):
            try:
                again = await self._until_served(f"{what} again", call, request)
            except NoRoom:
                raise Mismatch(f"{self.name}: {what} sent again was refused: no room") from None
            if again != first:
                raise Mismatch(f"{self.name}: {what} sent again: {first} then {again}")

    def _new_request(self) -> bytes:
        self.calls += 1
        return self._digest + self.calls.to_bytes(4, "big")

    async def _until_served(self, what: str, call: Call[T], request: bytes) -> T:
        pause = _PAUSE_QUICK_S if self.quick else _PAUSE_FIRST_S
        scheduler = self.machine.scheduler
        self.doing = what
        while True:
            try:
                result = await self.machine.submit(lambda volume: call(volume, request))
            except Unreachable:
                scheduler.note(f"{self.name}: {what}: unreachable")
            except FsError as error:
                scheduler.note(f"{self.name}: {what}: {error.code.name}")
                no_room = error.code is FsCode.NOSPC and not self.machine.roomy
                if no_room and not self.patient:
                    raise NoRoom from error
                if not no_room and not self._held(error.code):
                    raise
            else:
                scheduler.note(f"{self.name}: {what}: done")
                self.doing = "nothing"
                return result
            if self.quick and self.machine.volume is None:
                await self.machine.served()
                pause = _PAUSE_QUICK_S
            await self._world.sleep(pause * (0.5 + self.random.random()))
            pause = min(2 * pause, _PAUSE_MAX_S)

    def _held(self, code: FsCode) -> bool:
        """Say whether a gateway would send the call again, and tell its client nothing."""
        if code in (FsCode.IO, FsCode.ROFS):
            # A brick without another one says so when its disk fails; whoever cares tries again.
            return len(self.machine.in_sync()) == 1
        return code in (FsCode.TRY_LATER, FsCode.UNDECIDED)
