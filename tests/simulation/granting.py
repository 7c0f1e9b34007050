"""Stands for the lock manager's calls back: GRANTED, over a network that loses some.

Each life of the daemon has its own.  A call is repeated until the client has answered and the
volume has taken note.  Kernels refuse a lock that they have taken already, so a refusal counts
only if no call before can have been heard.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nfsgw.backend.locks.api import Offer
from nfsgw.backend.volume.running import RunningVolume
from nfsgw.errors import FsError
from nfsgw.waiting import Wait, step
from tests.simulation.machine import Machine, Process

__all__ = ["Granting"]

_DELAY_S = 0.05
_LOST = 0.25
_ANSWER_S = 0.2
_AGAIN_S = 0.3


class Granting:
    """Calls clients about what is offered to them.

    :param granted: hands a call to its client, and returns the answer.
    """

    def __init__(self, machine: Machine, granted: Callable[[Offer], bool]) -> None:
        self._machine = machine
        self._granted = granted
        self._random = machine.plan.random("granting")

    def follow(self, process: Process, volume: RunningVolume) -> None:
        """Watch the locks of a volume that has been opened."""
        under_way: dict[int, None] = {}
        heard: dict[int, None] = {}

        def offered(offer: Offer, fresh: bool) -> None:
            if not fresh:
                # Another daemon may have called for it.
                heard[offer.number] = None
            if offer.number not in under_way:
                under_way[offer.number] = None
                wait = step(self._call(process, volume, offer, heard))
                wait.add_callback(partial(under_way.pop, offer.number))
                wait.add_callback(wait.result)

        volume.locks.watch(offered)

    async def _call(
        self, process: Process, volume: RunningVolume, offer: Offer, heard: dict[int, None]
    ) -> None:
        while volume.locks.is_offered(offer.number):
            accepted = await self._ask(process, offer)
            if accepted is None:
                heard[offer.number] = None
            elif accepted or offer.number not in heard:
                try:
                    with process.turn:
                        noted = step(volume.locks.answered(offer.number, accepted))
                    await noted
                except FsError as error:
                    self._note(f"answer to offer {offer.number}: {error.code.name}")
            await process.life.sleep(_AGAIN_S)

    def _ask(self, process: Process, offer: Offer) -> Wait[bool | None]:
        """Send a call; None is the answer that has not come in time."""
        answer: Wait[bool | None] = Wait()

        def end(accepted: bool | None) -> None:
            if not answer.done:
                answer.resolve(accepted)

        def arrive() -> None:
            accepted = self._granted(offer)
            self._note(f"granted {offer.number}: {accepted}")
            if self._random.random() >= _LOST:
                process.life.call_later(self._delay(), partial(end, accepted))

        if self._random.random() >= _LOST:
            self._machine.scheduler.world.call_later(self._delay(), arrive)
        process.life.call_later(_ANSWER_S, partial(end, None))
        return answer

    def _note(self, text: str) -> None:
        self._machine.scheduler.note(text)

    def _delay(self) -> float:
        return self._random.expovariate(1 / _DELAY_S)
